// Nothing: this system library brings the compiler and linker flags of Open MPI (pkg-config ompi-c) to CMPI, which
// includes mpi.h.
