//! A Landlock domain without a rule: no file can be opened, made or run, no TCP port used, nobody outside of it
//! signalled. Source: the kernel's Documentation/userspace-api/landlock.rst.
use core::mem::size_of;

use crate::syscall::{numbers, syscall};

/// `struct landlock_ruleset_attr`. What it names is forbidden.
#[repr(C)]
struct Ruleset {
    files: u64,
    ports: u64,
    scopes: u64,
}

const GET_VERSION: usize = 1;
/// Reading, writing, running, listing, making and removing of every kind: what the first version knows.
const FIRST_FILES: u64 = (1 << 13) - 1;
const REFER: u64 = 1 << 13;
const TRUNCATE: u64 = 1 << 14;
const IOCTL_DEVICE: u64 = 1 << 15;
const BIND_AND_CONNECT: u64 = 0b11;
const ABSTRACT_SOCKETS_AND_SIGNALS: u64 = 0b11;

/// False where the kernel has no Landlock, or wasn't started with it.
pub fn restrict() -> bool {
    let version = match syscall(numbers::LANDLOCK_CREATE_RULESET, [0, 0, GET_VERSION, 0, 0, 0]) {
        Ok(version) if version > 0 => version,
        _ => return false,
    };
    let since = |first: usize, bits: u64| if version >= first { bits } else { 0 };
    let ruleset = Ruleset {
        files: FIRST_FILES | since(2, REFER) | since(3, TRUNCATE) | since(5, IOCTL_DEVICE),
        ports: since(4, BIND_AND_CONNECT),
        scopes: since(6, ABSTRACT_SOCKETS_AND_SIGNALS),
    };
    // An older kernel takes a larger struct as long as what it doesn't know is 0.
    let words = [&ruleset as *const Ruleset as usize, size_of::<Ruleset>(), 0, 0, 0, 0];
    let descriptor = match syscall(numbers::LANDLOCK_CREATE_RULESET, words) {
        Ok(descriptor) => descriptor,
        Err(_) => return false,
    };
    let is_restricted = syscall(numbers::LANDLOCK_RESTRICT_SELF, [descriptor, 0, 0, 0, 0, 0]).is_ok();
    let _ = syscall(numbers::CLOSE, [descriptor, 0, 0, 0, 0, 0]);
    is_restricted
}
