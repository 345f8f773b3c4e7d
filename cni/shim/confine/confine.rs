//! Loaded into the guest's node by `LD_PRELOAD`: confines the process after ld.so has loaded everything it needs and
//! before `main`, while there is one thread. What is given up here can't be had back, by native code neither.
#![no_std]

mod calls;
mod filter;
mod landlock;
mod root;
mod syscall;

use core::panic::PanicInfo;
use syscall::{numbers, syscall};

extern "C" {
    /// Of libc, whichever it is.
    static environ: *const *mut u8;
}

#[used]
#[link_section = ".init_array"]
static CONFINE: extern "C" fn() = confine;

const PR_SET_NO_NEW_PRIVS: usize = 38;
/// What a shell says of a program that can't be run.
const EXIT_CODE: usize = 126;

extern "C" fn confine() {
    let mut report = Report::new();
    if root::leave() {
        report.add(b"root");
    }
    if root::drop_capabilities().is_err() {
        end(b"confine: a capability can't be given up\n");
    }
    if syscall(numbers::PRCTL, [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0]).is_err() {
        end(b"confine: no_new_privs can't be set\n");
    }
    if !cfg!(without_landlock) && landlock::restrict() {
        report.add(b"landlock");
    }
    if !cfg!(without_seccomp) && filter::install() {
        report.add(b"seccomp");
    }
    // SAFETY: libc has set `environ`, there is one thread, and the strings are the process's own.
    unsafe { report.leave_in(environ) };
}

pub fn end(words: &[u8]) -> ! {
    loop {
        let _ = syscall(numbers::WRITE, [2, words.as_ptr() as usize, words.len(), 0, 0, 0]);
        let _ = syscall(numbers::EXIT_GROUP, [EXIT_CODE, 0, 0, 0, 0, 0]);
    }
}

const PRELOAD: &[u8] = b"LD_PRELOAD=";
const NAME: &[u8] = b"CONFINED=";

/// Which bars stand, left where `LD_PRELOAD` was: `/proc/PID/environ` shows it, and the guest's program reads it.
struct Report {
    text: [u8; 64],
    length: usize,
}

impl Report {
    fn new() -> Self {
        let mut report = Report { text: [0; 64], length: 0 };
        report.push(NAME);
        report
    }

    fn add(&mut self, bar: &[u8]) {
        if self.length > NAME.len() {
            self.push(b",");
        }
        self.push(bar);
    }

    fn push(&mut self, words: &[u8]) {
        for (to, from) in self.text.iter_mut().skip(self.length).zip(words) {
            *to = *from;
        }
        self.length += words.len();
    }

    /// What is longer than the variable was is cut: the head makes it long enough.
    unsafe fn leave_in(&self, environment: *const *mut u8) {
        let mut at = environment;
        while !(*at).is_null() {
            if PRELOAD.iter().enumerate().all(|(index, byte)| *(*at).add(index) == *byte) {
                let mut index = 0;
                while *(*at).add(index) != 0 {
                    let byte = self.text.get(index).copied().unwrap_or(0);
                    *(*at).add(index) = if byte == 0 { b' ' } else { byte };
                    index += 1;
                }
            }
            at = at.add(1);
        }
    }
}

#[panic_handler]
fn panic(_info: &PanicInfo) -> ! {
    end(b"confine: out of bounds\n")
}

/// The tables of `core` name it; nothing unwinds.
#[no_mangle]
extern "C" fn rust_eh_personality() {}
