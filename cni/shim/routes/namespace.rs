//! The pod's network namespace, and what is in it beside routes.
use crate::netlink::Refusal;
use std::ffi::CString;
use std::fs::{write, File};
use std::io::{Error, ErrorKind};
use std::os::raw::{c_char, c_int, c_uint};
use std::os::unix::io::AsRawFd;

extern "C" {
    fn setns(fd: c_int, kind: c_int) -> c_int;
    fn if_nametoindex(name: *const c_char) -> c_uint;
}

const CLONE_NEWNET: c_int = 0x4000_0000;
/// Of what is no namespace of a network.
const EINVAL: i32 = 22;
const ENODEV: i32 = 19;

/// From here on, this thread, which is the only one, has the network of that namespace. False where there is none.
pub fn enter(path: &str) -> Result<bool, Refusal> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Refusal::of("CNI_NETNS can't be opened", &error)),
    };
    // SAFETY: the descriptor is open for as long as the call lasts.
    if unsafe { setns(file.as_raw_fd(), CLONE_NEWNET) } == 0 {
        return Ok(true);
    }
    match Error::last_os_error() {
        error if error.raw_os_error() == Some(EINVAL) => Ok(false),
        error => Err(Refusal::of("CNI_NETNS can't be entered", &error)),
    }
}

/// None where the kernel has no link of that name in the namespace.
pub fn find_link(name: &str) -> Result<Option<u32>, Refusal> {
    let text = CString::new(name).map_err(|_| Refusal::new("CNI_IFNAME is malformed"))?;
    // SAFETY: the text ends with its zero.
    match unsafe { if_nametoindex(text.as_ptr()) } {
        0 => match Error::last_os_error() {
            error if error.raw_os_error() == Some(ENODEV) => Ok(None),
            error => Err(Refusal::of("CNI_IFNAME can't be looked up", &error)),
        },
        link => Ok(Some(link)),
    }
}

/// Of two interfaces on one segment, each answers for its own addresses alone. Otherwise what is sent to one comes in
/// on the other. Source: Linux, Documentation/networking/ip-sysctl.rst, arp_ignore and arp_announce.
pub fn answer_for_own_addresses(if_name: &str) -> Result<(), Refusal> {
    for (name, value) in [("arp_ignore", "1"), ("arp_announce", "2")] {
        let file = format!("/proc/sys/net/ipv4/conf/{}/{}", if_name, name);
        write(file, value).map_err(|error| Refusal::of("the interface's ARP can't be set", &error))?;
    }
    Ok(())
}
