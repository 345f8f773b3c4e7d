//! A stand-in for native code that has broken out of V8. Loaded by `LD_PRELOAD` into the process that is to be looked
//! at, it takes the place of getpriority(), so that `os.getPriority()` lets it try everything that a guest must not
//! get away with, late in the life of the process, and print what came of it as JSON: `done`, or the errno.
//!
//! Compiled by the test with FOLDER, VICTIM (a pid) and PORT in the environment. FOLDER holds `secret`, `socket` (a
//! unix socket that anyone may write to) and `open`, a folder that anyone may write to; @FOLDER is an abstract socket.
use std::ffi::CString;
use std::io::{Error, Write};
use std::os::raw::{c_int, c_long};

extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn _exit(code: c_int) -> !;
}

type Outcome = Result<c_long, i32>;

/// System calls by their numbers on x86_64 and aarch64.
const fn pick(x86_64: c_long, aarch64: c_long) -> c_long {
    if cfg!(target_arch = "x86_64") { x86_64 } else { aarch64 }
}

const CLOSE: c_long = pick(3, 57);
const MMAP: c_long = pick(9, 222);
const IOCTL: c_long = pick(16, 29);
const SHMGET: c_long = pick(29, 194);
const SOCKET: c_long = pick(41, 198);
const CONNECT: c_long = pick(42, 203);
const SENDMSG: c_long = pick(46, 211);
const BIND: c_long = pick(49, 200);
const CLONE: c_long = pick(56, 220);
const EXECVE: c_long = pick(59, 221);
const WAIT4: c_long = pick(61, 260);
const KILL: c_long = pick(62, 129);
const SEMGET: c_long = pick(64, 190);
const MSGGET: c_long = pick(68, 186);
const FCNTL: c_long = pick(72, 25);
const PTRACE: c_long = pick(101, 117);
const SETUID: c_long = pick(105, 146);
const SETPRIORITY: c_long = pick(141, 140);
const PRCTL: c_long = pick(157, 167);
const CHROOT: c_long = pick(161, 51);
const MOUNT: c_long = pick(165, 40);
const SCHED_SETAFFINITY: c_long = pick(203, 122);
const TIMER_CREATE: c_long = pick(222, 107);
const TGKILL: c_long = pick(234, 131);
const ADD_KEY: c_long = pick(248, 217);
const KEYCTL: c_long = pick(250, 219);
const INOTIFY_INIT1: c_long = pick(294, 26);
const OPENAT: c_long = pick(257, 56);
const MKDIRAT: c_long = pick(258, 34);
const FSTATAT: c_long = pick(262, 79);
const READLINKAT: c_long = pick(267, 78);
const FACCESSAT: c_long = pick(269, 48);
const UNSHARE: c_long = pick(272, 97);
const PRLIMIT: c_long = pick(302, 261);
const PERF_EVENT_OPEN: c_long = pick(298, 241);
const NAME_TO_HANDLE_AT: c_long = pick(303, 264);
const OPEN_BY_HANDLE_AT: c_long = pick(304, 265);
const PROCESS_VM_READV: c_long = pick(310, 270);
const SECCOMP: c_long = pick(317, 277);
const MEMFD_CREATE: c_long = pick(319, 279);
const BPF: c_long = pick(321, 280);
const EXECVEAT: c_long = pick(322, 281);
const USERFAULTFD: c_long = pick(323, 282);
const IO_URING_SETUP: c_long = 425;
const PIDFD_OPEN: c_long = 434;
const CLONE3: c_long = 435;
const OPENAT2: c_long = 437;

const HERE: c_long = -100;
const SIGCHLD: c_long = 17;
const WRITE_AND_CREATE: c_long = 0o101;
const DIRECTORY: c_long = 0o200000;
const FOLDER: &str = env!("FOLDER");

fn call(number: c_long, [a, b, c, d, e, f]: [c_long; 6]) -> Outcome {
    // SAFETY: the callers hand over what the call of that number wants.
    match unsafe { syscall(number, a, b, c, d, e, f) } {
        -1 => Err(Error::last_os_error().raw_os_error().unwrap_or(0)),
        answer => Ok(answer),
    }
}

/// Kept for ever: a stand-in has no time to free.
fn text(words: &str) -> c_long {
    CString::new(words).unwrap().into_raw() as c_long
}

/// Room for an answer.
fn scratch() -> c_long {
    Box::leak(Box::new([0u64; 64])) as *mut _ as c_long
}

fn address<T>(of: &T) -> c_long {
    of as *const T as c_long
}

fn inside(name: &str) -> c_long {
    text(&format!("{FOLDER}/{name}"))
}

fn victim() -> c_long {
    env!("VICTIM").parse().unwrap()
}

fn open(path: c_long, flags: c_long) -> Outcome {
    let descriptor = call(OPENAT, [HERE, path, flags, 0o600, 0, 0])?;
    call(CLOSE, [descriptor, 0, 0, 0, 0, 0])
}

/// What would end or change this process is tried in a child where there can be one.
fn apart(attempt: impl Fn() -> Outcome) -> Outcome {
    let child = match call(CLONE, [SIGCHLD, 0, 0, 0, 0, 0]) {
        Err(_) => return attempt(),
        Ok(child) => child,
    };
    if child == 0 {
        unsafe { _exit(attempt().err().unwrap_or(0)) };
    }
    wait(child)
}

fn wait(child: c_long) -> Outcome {
    let mut status: c_int = 0;
    call(WAIT4, [child, &mut status as *mut c_int as c_long, 0, 0, 0, 0])?;
    match status >> 8 & 0xff {
        0 => Ok(0),
        errno => Err(errno),
    }
}

fn fork_by(number: c_long, arguments: [c_long; 6]) -> Outcome {
    match call(number, arguments)? {
        0 => unsafe { _exit(0) },
        child => wait(child),
    }
}

fn connect(family: u16, (kind, protocol): (c_long, c_long), rest: &[u8]) -> Outcome {
    let socket = call(SOCKET, [family.into(), kind, protocol, 0, 0, 0])?;
    let mut name = family.to_ne_bytes().to_vec();
    name.extend(rest);
    let reached = call(CONNECT, [socket, name.as_ptr() as c_long, name.len() as c_long, 0, 0, 0]);
    let _ = call(CLOSE, [socket, 0, 0, 0, 0, 0]);
    reached
}

fn bind_tcp() -> Outcome {
    let socket = call(SOCKET, [2, 1, 0, 0, 0, 0])?;
    let name: [u16; 8] = [2, 0, 0, 0, 0, 0, 0, 0];
    let bound = call(BIND, [socket, name.as_ptr() as c_long, 16, 0, 0, 0]);
    let _ = call(CLOSE, [socket, 0, 0, 0, 0, 0]);
    bound
}

fn ipv4() -> Vec<u8> {
    let port: u16 = env!("PORT").parse().unwrap();
    [&port.to_be_bytes()[..], &[127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]].concat()
}

fn execve(path: &str) -> Outcome {
    let words = [text(path), 0];
    apart(|| call(EXECVE, [words[0], address(&words), address(&words[1]), 0, 0, 0]))
}

/// The program comes from a descriptor that is open, if one can be had.
fn execveat() -> Outcome {
    let descriptor = call(OPENAT, [HERE, text("/bin/true"), 0, 0, 0, 0]).unwrap_or(0);
    let words = [text("true"), 0];
    let tried = apart(|| {
        call(EXECVEAT, [descriptor, text(""), address(&words), address(&words[1]), 0x1000, 0])
    });
    if descriptor > 0 {
        let _ = call(CLOSE, [descriptor, 0, 0, 0, 0, 0]);
    }
    tried
}

fn clone3() -> Outcome {
    let arguments: [u64; 8] = [0, 0, 0, 0, SIGCHLD as u64, 0, 0, 0];
    fork_by(CLONE3, [address(&arguments), 64, 0, 0, 0, 0])
}

fn trace(pid: c_long) -> Outcome {
    call(PTRACE, [16, pid, 0, 0, 0, 0])?;
    let _ = call(WAIT4, [pid, 0, 0x4000_0000, 0, 0, 0]);
    call(PTRACE, [17, pid, 0, 0, 0, 0])
}

fn perf_event() -> Outcome {
    let mut attributes = [0u32; 32];
    attributes[0] = 1; // PERF_TYPE_SOFTWARE
    attributes[1] = 128;
    call(PERF_EVENT_OPEN, [address(&attributes), 0, -1, -1, 0, 0])
}

fn bpf() -> Outcome {
    let map: [u32; 16] = [2, 4, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    call(BPF, [0, address(&map), 64, 0, 0, 0])
}

fn by_handle() -> Outcome {
    let mut handle = [0u32; 40];
    handle[0] = 128;
    let mut mount: c_int = 0;
    let named = [HERE, text("/"), address(&handle), &mut mount as *mut c_int as c_long, 0, 0];
    let _ = call(NAME_TO_HANDLE_AT, named);
    let folder = call(OPENAT, [HERE, text("/"), DIRECTORY, 0, 0, 0]).unwrap_or(0);
    call(OPEN_BY_HANDLE_AT, [folder, address(&handle), 0, 0, 0, 0])
}

fn send_descriptor() -> Outcome {
    let mut byte = 0u8;
    let vector = [&mut byte as *mut u8 as usize, 0];
    let control: [usize; 3] = [20, 0x0000_0001_0000_0001, 0]; // SCM_RIGHTS of descriptor 0
    let message: [usize; 7] = [0, 0, vector.as_ptr() as usize, 1, control.as_ptr() as usize, 24, 0];
    call(SENDMSG, [1, address(&message), 0, 0, 0, 0])
}

fn add_key() -> Outcome {
    call(ADD_KEY, [text("user"), text("genie"), text("x"), 1, -2, 0])
}

fn io_uring() -> Outcome {
    let parameters = [0u32; 30];
    call(IO_URING_SETUP, [4, address(&parameters), 0, 0, 0, 0])
}

fn open_new_way() -> Outcome {
    let how = [0u64; 3];
    call(OPENAT2, [HERE, text("/etc/hostname"), address(&how), 24, 0, 0])
}

fn shared_memory() -> Outcome {
    call(MMAP, [0, 4096, 3, 0x21, -1, 0])
}

fn growing_memory() -> Outcome {
    call(MMAP, [0, 4096, 3, 0x122, -1, 0])
}

/// Any of the process's own: a filter on top, as the kernel takes it without privileges.
fn own_filter() -> Outcome {
    let instruction: [u32; 2] = [0x06, 0x7fff_0000];
    let program: [usize; 2] = [1, instruction.as_ptr() as usize];
    apart(|| {
        call(PRCTL, [38, 1, 0, 0, 0, 0])?;
        call(SECCOMP, [1, 0, address(&program), 0, 0, 0])
    })
}

fn netlink() -> Outcome {
    connect(16, (3, 0), &[0; 10])
}

/// What the kernel would answer with ENOTTY has reached the kernel.
fn push_input() -> Outcome {
    match call(IOCTL, [0, 0x5412, text("x"), 0, 0, 0]) {
        Err(25) => Ok(0),
        other => other,
    }
}

fn read_proc_memory() -> Outcome {
    open(text(&format!("/proc/{}/mem", victim())), 0)
}

/// Behind the bars it is `/proc/self/fdinfo`.
fn read_root() -> Outcome {
    match open(text("/0"), 0) {
        Err(2) => open(text("/proc/self/fdinfo/0"), 0),
        other => other,
    }
}

type Attempt = (&'static str, fn() -> Outcome);

#[rustfmt::skip]
const ATTEMPTS: &[Attempt] = &[
    ("read a file that anyone may read", || open(text("/etc/hostname"), 0)),
    ("read a file that anyone may read, by openat2", open_new_way),
    ("read a secret", || open(inside("secret"), 0)),
    ("read its own program", || open(text("/proc/self/exe"), 0)),
    ("read what its root folder holds", read_root),
    ("list the root folder", || open(text("/"), DIRECTORY)),
    ("ask whether a file is there", || call(FACCESSAT, [HERE, text("/etc/hostname"), 0, 0, 0, 0])),
    ("ask for a file's size", || call(FSTATAT, [HERE, text("/etc/hostname"), scratch(), 0, 0, 0])),
    ("ask for a file's size, as if by descriptor", || call(FSTATAT, [HERE, text("/etc/hostname"), scratch(), 0x1000, 0, 0])),
    ("read a link", || call(READLINKAT, [HERE, text("/proc/self/exe"), scratch(), 64, 0, 0])),
    ("open a file by handle", by_handle),
    ("make a file", || open(inside("open/file"), WRITE_AND_CREATE)),
    ("make a folder", || apart(|| call(MKDIRAT, [HERE, inside("open/folder"), 0o700, 0, 0, 0]))),
    ("make a file in memory", || call(MEMFD_CREATE, [text("x"), 0, 0, 0, 0, 0])),
    ("watch files", || call(INOTIFY_INIT1, [0, 0, 0, 0, 0, 0])),
    ("connect to a unix socket", || connect(1, (1, 0), format!("{FOLDER}/socket\0").as_bytes())),
    ("connect to an abstract socket", || connect(1, (1, 0), format!("\0{FOLDER}").as_bytes())),
    ("connect by TCP", || connect(2, (1, 0), &ipv4())),
    ("bind a TCP port", bind_tcp),
    ("send by UDP", || connect(2, (2, 0), &ipv4())),
    ("open a raw socket", || connect(2, (3, 1), &ipv4())),
    ("open a netlink socket", netlink),
    ("hand a descriptor to the host", send_descriptor),
    ("run a program", || execve("/bin/true")),
    ("run a program out of a descriptor", execveat),
    ("fork", || fork_by(CLONE, [SIGCHLD, 0, 0, 0, 0, 0])),
    ("vfork", || fork_by(CLONE, [0x4000 | SIGCHLD, 0, 0, 0, 0, 0])),
    ("clone3", clone3),
    ("trace another process", || trace(victim())),
    ("read another's memory", || call(PROCESS_VM_READV, [victim(), 0, 0, 0, 0, 0])),
    ("read another's memory by /proc", read_proc_memory),
    ("signal another", || call(KILL, [victim(), 0, 0, 0, 0, 0])),
    ("signal another's thread", || call(TGKILL, [victim(), victim(), 0, 0, 0, 0])),
    ("signal all", || call(KILL, [-1, 0, 0, 0, 0, 0])),
    ("hold another by descriptor", || call(PIDFD_OPEN, [victim(), 0, 0, 0, 0, 0])),
    ("have signals sent to another", || call(FCNTL, [0, 8, victim(), 0, 0, 0])),
    ("read another's limits", || call(PRLIMIT, [victim(), 7, 0, scratch(), 0, 0])),
    ("pin another to a processor", || call(SCHED_SETAFFINITY, [victim(), 8, address(&1u64), 0, 0, 0])),
    ("change another's priority", || call(SETPRIORITY, [0, victim(), 1, 0, 0, 0])),
    ("become root", || apart(|| call(SETUID, [0, 0, 0, 0, 0, 0]))),
    ("make a user namespace", || fork_by(CLONE, [0x1000_0000 | SIGCHLD, 0, 0, 0, 0, 0])),
    ("leave a namespace", || apart(|| call(UNSHARE, [0x0400_0000, 0, 0, 0, 0, 0]))),
    ("mount", || apart(|| { call(UNSHARE, [0x2_0000, 0, 0, 0, 0, 0])?; call(MOUNT, [text("x"), inside("open"), text("tmpfs"), 0, 0, 0]) })),
    ("change its root folder", || apart(|| call(CHROOT, [text("/"), 0, 0, 0, 0, 0]))),
    ("io_uring", io_uring),
    ("load BPF", bpf),
    ("count events", perf_event),
    ("handle page faults", || call(USERFAULTFD, [0, 0, 0, 0, 0, 0])),
    ("find a keyring", || call(KEYCTL, [0, -2, 1, 0, 0, 0])),
    ("keep a key", add_key),
    ("share memory with System V", || call(SHMGET, [0, 4096, 0o1600, 0, 0, 0])),
    ("make a message queue", || call(MSGGET, [0, 0o1600, 0, 0, 0, 0])),
    ("make a semaphore", || call(SEMGET, [0, 1, 0o1600, 0, 0, 0])),
    ("make a timer", || call(TIMER_CREATE, [1, 0, scratch(), 0, 0, 0])),
    ("have memory that no limit counts: shared", shared_memory),
    ("have memory that no limit counts: growing", growing_memory),
    ("let others of its user look in", || call(PRCTL, [4, 1, 0, 0, 0, 0])),
    ("add a filter of its own", own_filter),
    ("type into its terminal", push_input),
];

#[no_mangle]
pub extern "C" fn getpriority(_which: c_int, _who: c_int) -> c_int {
    let told: Vec<String> = ATTEMPTS
        .iter()
        .map(|(name, attempt)| match attempt() {
            Ok(_) => format!("\"{name}\":\"done\""),
            Err(errno) => format!("\"{name}\":{errno}"),
        })
        .collect();
    std::io::stdout().write_all(format!("{{{}}}", told.join(",")).as_bytes()).unwrap();
    0
}
