#ifndef OPTIMKIT_CMPI_H
#define OPTIMKIT_CMPI_H

// MPI without its macros, which Swift does not see: one job, all of its processes, sums whose bits all of them share.
// Without the package trait MPI there is nothing here.

#ifdef OPTIMKIT_MPI

// Joins the job that mpirun started, or makes one of a single process. 0, or 1 where MPI cannot be called from more
// than one thread in turn.
int optimkit_mpi_start(void);

int optimkit_mpi_rank(void);
int optimkit_mpi_rank_count(void);

// x <- the sum of x over all processes, the same bits on all of them.
void optimkit_mpi_sum_doubles(double *x, long count);
void optimkit_mpi_sum_floats(float *x, long count);

// Whether all processes have come to this call within so many seconds.
int optimkit_mpi_all_meet(double seconds);

// Leaves the job: waits for all processes.
void optimkit_mpi_finish(void);

// Ends all processes of the job.
void optimkit_mpi_abort(int status);

#endif
#endif
