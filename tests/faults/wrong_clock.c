/* Loaded into a process before all else, it makes the clock of the day wrong by as many seconds as
   stand in the file that STAFFETTA_FAULTS_CLOCK names, from the moment they are written there. The
   clocks that only grow, by which everybody waits, are let alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *off;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("STAFFETTA_FAULTS_CLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *seconds = mmap(NULL, sizeof *off, PROT_READ, MAP_SHARED, file, 0);
    if (seconds == MAP_FAILED) _exit(99);
    off = seconds;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    int failed = (int)syscall(SYS_clock_gettime, which, at);
    int of_the_day = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
    if (!failed && of_the_day && off) at->tv_sec += *off;
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    int failed = (int)syscall(SYS_gettimeofday, at, zone);
    if (!failed && off) at->tv_sec += *off;
    return failed;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
