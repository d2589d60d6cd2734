#include "CMPI.h"

#ifdef OPTIMKIT_MPI

#if __has_include(<mpi.h>)
#include <mpi.h>
#else
#error "the trait MPI needs Open MPI: run scripts/install-mpi, or apt-get install libopenmpi-dev openmpi-bin"
#endif

#include <stdlib.h>
#include <string.h>
#include <time.h>

// A communicator of our own: messages of other libraries in the process stay apart.
static MPI_Comm job = MPI_COMM_NULL;
// Where processes that have failed meet; those that have not are in a sum on the other.
static MPI_Comm failed = MPI_COMM_NULL;
static int rank = 0;
static int rank_count = 1;

static void *memory = NULL;
static size_t memory_size = 0;

// Memory that is kept for the next call.
static void *reserve(size_t size) {
  if (size <= memory_size) return memory;
  free(memory);
  memory = malloc(size);
  memory_size = memory ? size : 0;
  if (!memory) MPI_Abort(job, 1);
  return memory;
}

int optimkit_mpi_start(void) {
  int is_started = 0;
  MPI_Initialized(&is_started);
  int provided = 0;
  if (is_started) {
    MPI_Query_thread(&provided);
  } else {
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
  }
  if (provided < MPI_THREAD_SERIALIZED) return 1;
  MPI_Comm_dup(MPI_COMM_WORLD, &job);
  MPI_Comm_dup(MPI_COMM_WORLD, &failed);
  MPI_Comm_rank(job, &rank);
  MPI_Comm_size(job, &rank_count);
  return 0;
}

int optimkit_mpi_rank(void) { return rank; }
int optimkit_mpi_rank_count(void) { return rank_count; }

// Below this many bytes one round of messages, and all add up by themselves, in the order of ranks. Above, each process
// adds up a part of the vector and passes it on: what it receives are the bits that one of them computed. MPI_Allreduce
// promises neither.
static const long small_bytes = 4096;

// As many elements as an int counts for sure, whatever their parts.
static const long most_elements = 1L << 28;

static void sum_small(void *x, int count, MPI_Datatype type, size_t size) {
  char *all = reserve((size_t)count * size * (size_t)rank_count);
  MPI_Allgather(x, count, type, all, count, type, job);
  memcpy(x, all, (size_t)count * size);
  for (int other = 1; other < rank_count; other++) {
    char *part = all + (size_t)other * (size_t)count * size;
    if (type == MPI_DOUBLE) {
      for (int i = 0; i < count; i++) ((double *)x)[i] += ((double *)part)[i];
    } else {
      for (int i = 0; i < count; i++) ((float *)x)[i] += ((float *)part)[i];
    }
  }
}

static void sum_large(void *x, int count, MPI_Datatype type, size_t size) {
  size_t tables = 2 * (size_t)rank_count * sizeof(int);
  tables = (tables + 63) / 64 * 64;
  int most = count / rank_count + 1;
  char *block = reserve(tables + (size_t)most * size);
  int *counts = (int *)block;
  int *starts = counts + rank_count;
  int start = 0;
  for (int other = 0; other < rank_count; other++) {
    counts[other] = count / rank_count + (other < count % rank_count);
    starts[other] = start;
    start += counts[other];
  }
  MPI_Reduce_scatter(x, block + tables, counts, type, MPI_SUM, job);
  MPI_Allgatherv(block + tables, counts[rank], type, x, counts, starts, type, job);
}

static void sum(void *x, long count, MPI_Datatype type, size_t size) {
  if (rank_count == 1) return;
  for (long first = 0; first < count; first += most_elements) {
    int length = (int)(count - first < most_elements ? count - first : most_elements);
    void *part = (char *)x + (size_t)first * size;
    if ((long)length * (long)size <= small_bytes) {
      sum_small(part, length, type, size);
    } else {
      sum_large(part, length, type, size);
    }
  }
}

void optimkit_mpi_sum_doubles(double *x, long count) { sum(x, count, MPI_DOUBLE, sizeof(double)); }
void optimkit_mpi_sum_floats(float *x, long count) { sum(x, count, MPI_FLOAT, sizeof(float)); }

int optimkit_mpi_all_meet(double seconds) {
  MPI_Request request;
  MPI_Ibarrier(failed, &request);
  double end = MPI_Wtime() + seconds;
  int is_complete = 0;
  while (!is_complete && MPI_Wtime() < end) {
    MPI_Test(&request, &is_complete, MPI_STATUS_IGNORE);
    struct timespec pause = {0, 1000000};
    if (!is_complete) nanosleep(&pause, NULL);
  }
  return is_complete;
}

void optimkit_mpi_finish(void) {
  int is_finished = 0;
  MPI_Finalized(&is_finished);
  if (is_finished || job == MPI_COMM_NULL) return;
  MPI_Comm_free(&job);
  MPI_Comm_free(&failed);
  MPI_Finalize();
  free(memory);
  memory = NULL;
  memory_size = 0;
}

void optimkit_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

#endif
