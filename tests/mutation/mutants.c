/* Reads the choice from the environment, in a library of its own: plugins may not, and their memory is watched. */
#include "mutants.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdlib.h>

int ondol_mutant = -1;
unsigned char* ondol_touched;

__attribute__((constructor)) static void choose(void) {
  const char* number = getenv("ONDOL_MUTANT");
  if (number) ondol_mutant = atoi(number);
  const char* path = getenv("ONDOL_TOUCHED");
  if (!path) return;
  /* Mapped, so that what children and killed processes reached counts, too. */
  const int file = open(path, O_RDWR | O_CLOEXEC);
  struct stat status;
  if (file < 0) return;
  if (fstat(file, &status) == 0) {
    void* bytes = mmap(0, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes != MAP_FAILED) ondol_touched = bytes;
  }
  close(file);
}
