//! A root folder without a file, for the length of one capability.
use crate::syscall::{numbers, syscall};

/// Holds names of our own descriptors and nothing else, and leads nowhere.
const NOWHERE: &[u8] = b"/proc/self/fdinfo\0";
const HERE: &[u8] = b"/\0";

/// Makes an empty folder the root: no path leads to a file or a socket any more. False without CAP_SYS_CHROOT.
pub fn leave() -> bool {
    let [nowhere, here] = [NOWHERE.as_ptr() as usize, HERE.as_ptr() as usize];
    syscall(numbers::CHROOT, [nowhere, 0, 0, 0, 0, 0]).is_ok()
        && syscall(numbers::CHDIR, [here, 0, 0, 0, 0, 0]).is_ok()
}

/// `_LINUX_CAPABILITY_VERSION_3`: two words of each set.
const VERSION: u32 = 0x2008_0522;

/// Gives up every capability; the ambient ones go with the permitted.
pub fn drop_capabilities() -> Result<usize, usize> {
    let header: [u32; 2] = [VERSION, 0];
    let sets = [0u32; 6];
    syscall(numbers::CAPSET, [header.as_ptr() as usize, sets.as_ptr() as usize, 0, 0, 0, 0])
}
