//! The seccomp filter: what node needs from `main` on, by number and argument; all else is refused.
use crate::calls::{numbers, ARCHITECTURE, FREE, OPENING, RESTRICTED};
use crate::end;
use crate::syscall::syscall;

/// `struct sock_filter`: one instruction of classic BPF. Source: linux/filter.h, linux/bpf_common.h.
#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    value: u32,
}

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    length: u16,
    instructions: *const Instruction,
}

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

/// `struct seccomp_data`.
const NUMBER_AT: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
const ARGUMENTS_AT: u32 = 16;

const KILL: u32 = 0x8000_0000;
const ALLOW: u32 = 0x7fff_0000;
/// OpenSSL goes on without its configuration when that is missing, and only then.
const NOT_THERE: u32 = 0x0005_0000 | 2;
const NOT_PERMITTED: u32 = 0x0005_0000 | 1;
/// Libraries then take the older call.
const NOT_KNOWN: u32 = 0x0005_0000 | 38;

/// Calls of the x32 ABI, which share the architecture of x86_64.
const X32: u32 = 0x4000_0000;
/// From here on, all architectures number new calls alike.
const NEW_CALLS: u32 = 424;

const SET_MODE_FILTER: usize = 1;
const CAPACITY: usize = 256;

/// One argument of a call, of which only the lower half is read: none of these has a meaning above.
pub struct Restriction {
    pub number: u32,
    pub argument: u32,
    pub mask: u32,
    pub values: &'static [u32],
}

pub const WHOLE: u32 = u32::MAX;

struct Builder {
    instructions: [Instruction; CAPACITY],
    length: usize,
}

/// False where the kernel has no seccomp filters.
pub fn install() -> bool {
    let empty = Instruction { code: 0, if_true: 0, if_false: 0, value: 0 };
    let mut builder = Builder { instructions: [empty; CAPACITY], length: 0 };
    builder.begin();
    for number in FREE {
        builder.push(JUMP_IF_EQUAL, *number, (0, 1));
        builder.push(RETURN, ALLOW, (0, 0));
    }
    for number in OPENING {
        builder.push(JUMP_IF_EQUAL, *number, (0, 1));
        builder.push(RETURN, NOT_THERE, (0, 0));
    }
    for restriction in RESTRICTED {
        builder.restrict(restriction.number, restriction.argument, (restriction.mask, restriction.values));
    }
    let ourselves = syscall(numbers::GETPID, [0; 6]).unwrap_or(0) as u32;
    builder.restrict(numbers::TGKILL, 0, (WHOLE, &[ourselves]));
    builder.push(JUMP_IF_AT_LEAST, NEW_CALLS, (0, 1));
    builder.push(RETURN, NOT_KNOWN, (0, 0));
    builder.push(RETURN, NOT_PERMITTED, (0, 0));
    let program = Program { length: builder.length as u16, instructions: builder.instructions.as_ptr() };
    syscall(numbers::SECCOMP, [SET_MODE_FILTER, 0, &program as *const Program as usize, 0, 0, 0]).is_ok()
}

impl Builder {
    /// @param branches: how many instructions are passed over, if true and if false.
    fn push(&mut self, code: u16, value: u32, branches: (u8, u8)) {
        let (if_true, if_false) = branches;
        match self.instructions.get_mut(self.length) {
            Some(free) => *free = Instruction { code, if_true, if_false, value },
            None => end(b"confine: the filter is too long\n"),
        }
        self.length += 1;
    }

    /// Leaves the call's number in the accumulator.
    fn begin(&mut self) {
        self.push(LOAD, ARCHITECTURE_AT, (0, 0));
        self.push(JUMP_IF_EQUAL, ARCHITECTURE, (1, 0));
        self.push(RETURN, KILL, (0, 0));
        self.push(LOAD, NUMBER_AT, (0, 0));
        self.push(JUMP_IF_AT_LEAST, X32, (0, 1));
        self.push(RETURN, KILL, (0, 0));
    }

    /// Allows a call whose argument, under the mask, is one of the values.
    fn restrict(&mut self, number: u32, argument: u32, (mask, values): (u32, &[u32])) {
        let count = values.len() as u8;
        self.push(JUMP_IF_EQUAL, number, (0, count + 4));
        self.push(LOAD, ARGUMENTS_AT + 8 * argument, (0, 0));
        self.push(AND, mask, (0, 0));
        for (index, value) in values.iter().enumerate() {
            self.push(JUMP_IF_EQUAL, *value, (count - index as u8, 0));
        }
        self.push(RETURN, NOT_PERMITTED, (0, 0));
        self.push(RETURN, ALLOW, (0, 0));
    }
}
