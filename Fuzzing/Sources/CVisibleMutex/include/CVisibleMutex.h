#pragma once

/* Nothing to call: see CVisibleMutex.c. */
