//! Requests to the kernel's routing, each answered before the next. Source: netlink(7), rtnetlink(7).
use std::fmt;
use std::io::{self, Error, Read, Write};
use std::fs::File;
use std::os::raw::c_int;
use std::os::unix::io::FromRawFd;

extern "C" {
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
}

const AF_NETLINK: c_int = 16;
const SOCK_RAW: c_int = 3;
const SOCK_CLOEXEC: c_int = 0o2_000_000;
const NETLINK_ROUTE: c_int = 0;

const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_DUMP: u16 = 0x300;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const HEADER_BYTES: usize = 16;
/// The kernel writes at most 32 KiB at once.
const BUFFER_BYTES: usize = 1 << 16;

/// The text of an attribute's kind has two flags above this.
const KIND_MASK: u16 = 0x3fff;

/// Why something isn't done, in words that need no escaping in JSON.
pub struct Refusal {
    what: &'static str,
    errno: Option<i32>,
}

impl Refusal {
    pub fn new(what: &'static str) -> Self {
        Refusal { what, errno: None }
    }

    pub fn of(what: &'static str, error: &Error) -> Self {
        Refusal { what, errno: error.raw_os_error() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self.errno {
            Some(errno) => write!(to, "{}: {}", self.what, Error::from_raw_os_error(errno)),
            None => write!(to, "{}", self.what),
        }
    }
}

/// A request: its kind, what it is about, and attributes.
pub struct Message {
    kind: u16,
    body: Vec<u8>,
}

impl Message {
    pub fn new(kind: u16, head: &[u8]) -> Self {
        Message { kind, body: head.to_vec() }
    }

    pub fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        self.body.extend_from_slice(&(value.len() as u16 + 4).to_ne_bytes());
        self.body.extend_from_slice(&kind.to_ne_bytes());
        self.body.extend_from_slice(value);
        self.body.resize(align(self.body.len()), 0);
        self
    }
}

/// The routing of the namespace that this thread is in.
pub struct Kernel {
    file: File,
}

impl Kernel {
    pub fn open() -> Result<Self, Refusal> {
        // SAFETY: the call takes numbers only, and nobody else has the descriptor.
        let file = unsafe {
            match socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE) {
                fd if fd >= 0 => File::from_raw_fd(fd),
                _ => return Err(Refusal::of("no netlink socket", &Error::last_os_error())),
            }
        };
        Ok(Kernel { file })
    }

    /// Has something changed.
    pub fn change(&mut self, message: &Message, flags: u16) -> io::Result<()> {
        self.send(message, flags | NLM_F_ACK)?;
        self.receive(&mut |_| {})
    }

    /// Everything of one kind: the bodies of the answers.
    pub fn list(&mut self, message: &Message) -> io::Result<Vec<Vec<u8>>> {
        self.send(message, NLM_F_DUMP)?;
        let mut found = Vec::new();
        self.receive(&mut |body| found.push(body.to_vec()))?;
        Ok(found)
    }

    fn send(&mut self, message: &Message, flags: u16) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + message.body.len());
        bytes.extend_from_slice(&((HEADER_BYTES + message.body.len()) as u32).to_ne_bytes());
        bytes.extend_from_slice(&message.kind.to_ne_bytes());
        bytes.extend_from_slice(&(flags | NLM_F_REQUEST).to_ne_bytes());
        bytes.extend_from_slice(&[0; 8]); // nobody else talks on this socket: no sequence, and the kernel numbers the port
        bytes.extend_from_slice(&message.body);
        self.file.write_all(&bytes)
    }

    /// Until the kernel says that this was all, or what is wrong.
    fn receive(&mut self, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let length = self.file.read(&mut buffer)?;
            let mut rest = &buffer[..length];
            while rest.len() >= HEADER_BYTES {
                let size = (read_u32(rest, 0) as usize).clamp(HEADER_BYTES, rest.len());
                let body = &rest[HEADER_BYTES..size];
                match u16::from_ne_bytes([rest[4], rest[5]]) {
                    NLMSG_DONE => return Ok(()),
                    NLMSG_ERROR => return to_outcome(body),
                    _ => take(body),
                }
                rest = &rest[align(size).min(rest.len())..];
            }
        }
    }
}

/// An acknowledgement is an error of number 0.
fn to_outcome(body: &[u8]) -> io::Result<()> {
    match read_u32(body, 0) as i32 {
        0 => Ok(()),
        errno => Err(Error::from_raw_os_error(-errno)),
    }
}

/// What lies behind the first `head` bytes of an answer's body: kinds and values.
pub fn attributes(body: &[u8], head: usize) -> Vec<(u16, &[u8])> {
    let mut found = Vec::new();
    let mut rest = body.get(head..).unwrap_or_default();
    while rest.len() >= 4 {
        let size = usize::from(u16::from_ne_bytes([rest[0], rest[1]])).clamp(4, rest.len());
        found.push((u16::from_ne_bytes([rest[2], rest[3]]) & KIND_MASK, &rest[4..size]));
        rest = &rest[align(size).min(rest.len())..];
    }
    found
}

/// 0 where there is less than that.
pub fn read_u32(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(four) => u32::from_ne_bytes([four[0], four[1], four[2], four[3]]),
        None => 0,
    }
}

fn align(length: usize) -> usize {
    (length + 3) & !3
}
