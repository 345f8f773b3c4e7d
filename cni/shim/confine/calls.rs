//! What node 24 and libc call from `main` on, seen with strace under the corpus of test/guests, and what their older
//! and newer versions call in its place. Numbers: the kernel's asm/unistd.h.
use crate::filter::{Restriction, WHOLE};

pub use architecture::{numbers, ARCHITECTURE, FREE, OPENING};

/// A thread of this process: what glibc and musl ask of clone() for one.
const THREAD: &[u32] = &[0x003d_0f00, 0x007d_0f00];
/// Of fcntl(): flags of a descriptor and its copy. No signals to others, no locks, no leases, no larger pipes.
const DESCRIPTOR_FLAGS: &[u32] = &[1, 2, 3, 4, 1030];
/// Of ioctl(): is it a terminal, how much is there to read, don't block, close at exec.
const STREAM_QUESTIONS: &[u32] = &[0x5401, 0x541b, 0x5421, 0x5450, 0x5451];
/// Of prctl(): names of threads and of memory.
const NAMES: &[u32] = &[15, 16, 0x5356_4d41];
/// Of fstatat() and statx(): the descriptor itself is meant. With a path beside it there is nothing below our root.
const EMPTY_PATH: u32 = 0x1000;
/// Of mmap(): private, fixed, anonymous, denywrite, noreserve, stack, fixed-noreplace. Shared memory and what grows
/// downward would escape the limit on data.
const OTHER_THAN_PRIVATE: u32 = !(0x10 | 0x20 | 0x800 | 0x4000 | 0x2_0000 | 0x10_0000);
const PRIVATE: &[u32] = &[2];

const fn on(number: u32, argument: u32, values: &'static [u32]) -> Restriction {
    Restriction { number, argument, mask: WHOLE, values }
}

/// Calls whose argument decides.
pub const RESTRICTED: &[Restriction] = &[
    Restriction { number: numbers::MMAP, argument: 3, mask: OTHER_THAN_PRIVATE, values: PRIVATE },
    Restriction { number: numbers::FSTATAT, argument: 3, mask: EMPTY_PATH, values: &[EMPTY_PATH] },
    Restriction { number: numbers::STATX, argument: 2, mask: EMPTY_PATH, values: &[EMPTY_PATH] },
    on(numbers::CLONE, 0, THREAD),
    on(numbers::FCNTL, 1, DESCRIPTOR_FLAGS),
    on(numbers::IOCTL, 1, STREAM_QUESTIONS),
    on(numbers::PRCTL, 0, NAMES),
    on(numbers::PRLIMIT, 0, &[0]),
    on(numbers::SCHED_GETAFFINITY, 0, &[0]),
];

#[cfg(target_arch = "x86_64")]
mod architecture {
    pub const ARCHITECTURE: u32 = 0xc000_003e;

    /// open, openat
    pub const OPENING: &[u32] = &[2, 257];

    pub mod numbers {
        pub const WRITE: u32 = 1;
        pub const CLOSE: u32 = 3;
        pub const MMAP: u32 = 9;
        pub const IOCTL: u32 = 16;
        pub const GETPID: u32 = 39;
        pub const CLONE: u32 = 56;
        pub const FCNTL: u32 = 72;
        pub const CHDIR: u32 = 80;
        pub const CAPSET: u32 = 126;
        pub const PRCTL: u32 = 157;
        pub const CHROOT: u32 = 161;
        pub const SCHED_GETAFFINITY: u32 = 204;
        pub const EXIT_GROUP: u32 = 231;
        pub const TGKILL: u32 = 234;
        pub const FSTATAT: u32 = 262;
        pub const PRLIMIT: u32 = 302;
        pub const SECCOMP: u32 = 317;
        pub const STATX: u32 = 332;
        pub const LANDLOCK_CREATE_RULESET: u32 = 444;
        pub const LANDLOCK_RESTRICT_SELF: u32 = 446;
    }

    /// Calls that reach nothing outside of the process but its open descriptors.
    #[rustfmt::skip]
    pub const FREE: &[u32] = &[
        202, 0, 1, 28, 11, 10, // futex read write madvise munmap mprotect
        3, 5, 7, 8, 12, 13, 14, 15, // close fstat poll lseek brk rt_sigaction rt_sigprocmask rt_sigreturn
        17, 19, 20, 24, 25, 35, // pread64 readv writev sched_yield mremap nanosleep
        39, 51, 55, 60, 63, 79, // getpid getsockname getsockopt exit uname getcwd
        96, 98, 99, 102, 104, 107, 108, // gettimeofday getrusage sysinfo getuid getgid geteuid getegid
        110, 125, 131, 186, 218, 219, // getppid capget sigaltstack gettid set_tid_address restart_syscall
        228, 229, 230, 231, 232, 233, 271, // clock_gettime clock_getres clock_nanosleep exit_group epoll_wait epoll_ctl ppoll
        273, 281, 290, 291, 293, // set_robust_list epoll_pwait eventfd2 epoll_create1 pipe2
        318, 324, 334, // getrandom membarrier rseq
    ];
}

#[cfg(target_arch = "aarch64")]
mod architecture {
    pub const ARCHITECTURE: u32 = 0xc000_00b7;

    /// openat
    pub const OPENING: &[u32] = &[56];

    pub mod numbers {
        pub const FCNTL: u32 = 25;
        pub const IOCTL: u32 = 29;
        pub const CHDIR: u32 = 49;
        pub const CHROOT: u32 = 51;
        pub const CLOSE: u32 = 57;
        pub const WRITE: u32 = 64;
        pub const FSTATAT: u32 = 79;
        pub const CAPSET: u32 = 91;
        pub const EXIT_GROUP: u32 = 94;
        pub const SCHED_GETAFFINITY: u32 = 123;
        pub const TGKILL: u32 = 131;
        pub const PRCTL: u32 = 167;
        pub const GETPID: u32 = 172;
        pub const CLONE: u32 = 220;
        pub const MMAP: u32 = 222;
        pub const PRLIMIT: u32 = 261;
        pub const SECCOMP: u32 = 277;
        pub const STATX: u32 = 291;
        pub const LANDLOCK_CREATE_RULESET: u32 = 444;
        pub const LANDLOCK_RESTRICT_SELF: u32 = 446;
    }

    /// Calls that reach nothing outside of the process but its open descriptors.
    #[rustfmt::skip]
    pub const FREE: &[u32] = &[
        98, 63, 64, 233, 215, 226, // futex read write madvise munmap mprotect
        57, 80, 73, 62, 214, 134, 135, 139, // close fstat ppoll lseek brk rt_sigaction rt_sigprocmask rt_sigreturn
        67, 65, 66, 124, 216, 101, // pread64 readv writev sched_yield mremap nanosleep
        172, 204, 209, 93, 160, 17, // getpid getsockname getsockopt exit uname getcwd
        169, 165, 179, 174, 176, 175, 177, // gettimeofday getrusage sysinfo getuid getgid geteuid getegid
        173, 90, 132, 178, 96, 128, // getppid capget sigaltstack gettid set_tid_address restart_syscall
        113, 114, 115, 94, 21, // clock_gettime clock_getres clock_nanosleep exit_group epoll_ctl
        99, 22, 19, 20, 59, // set_robust_list epoll_pwait eventfd2 epoll_create1 pipe2
        278, 283, 293, // getrandom membarrier rseq
    ];
}
