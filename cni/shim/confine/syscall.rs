//! System calls without a libc.
use core::arch::asm;

pub use crate::calls::numbers;

/// What the kernel answers, or its errno.
pub fn syscall(number: u32, arguments: [usize; 6]) -> Result<usize, usize> {
    // SAFETY: the callers hand over what the call of that number wants.
    let answer = unsafe { raw(number as usize, arguments) };
    if answer < 0 {
        Err(answer.unsigned_abs())
    } else {
        Ok(answer as usize)
    }
}

#[cfg(target_arch = "x86_64")]
unsafe fn raw(number: usize, [a, b, c, d, e, f]: [usize; 6]) -> isize {
    let answer: isize;
    asm!(
        "syscall",
        inlateout("rax") number => answer,
        in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
        out("rcx") _, out("r11") _,
        options(nostack)
    );
    answer
}

#[cfg(target_arch = "aarch64")]
unsafe fn raw(number: usize, [a, b, c, d, e, f]: [usize; 6]) -> isize {
    let answer: isize;
    asm!(
        "svc 0",
        in("x8") number,
        inlateout("x0") a => answer,
        in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
        options(nostack)
    );
    answer
}
