//! The pod's network namespace, and what is in it beside routes.
use crate::netlink::Refusal;
use std::ffi::CString;
use std::fs::{write, File};
use std::io::Error;
use std::os::raw::{c_char, c_int, c_uint};
use std::os::unix::io::AsRawFd;
use std::path::Path;

extern "C" {
    fn setns(fd: c_int, kind: c_int) -> c_int;
    fn if_nametoindex(name: *const c_char) -> c_uint;
}

const CLONE_NEWNET: c_int = 0x4000_0000;

pub fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

/// From here on, this thread, which is the only one, has the network of that namespace.
pub fn enter(path: &str) -> Result<(), Refusal> {
    let file = File::open(path).map_err(|error| Refusal::of("CNI_NETNS can't be opened", &error))?;
    // SAFETY: the descriptor is open for as long as the call lasts.
    if unsafe { setns(file.as_raw_fd(), CLONE_NEWNET) } == 0 {
        return Ok(());
    }
    Err(Refusal::of("CNI_NETNS can't be entered", &Error::last_os_error()))
}

pub fn find_link(name: &str) -> Result<u32, Refusal> {
    let text = CString::new(name).map_err(|_| Refusal::new("CNI_IFNAME is malformed"))?;
    // SAFETY: the text ends with its zero.
    match unsafe { if_nametoindex(text.as_ptr()) } {
        0 => Err(Refusal::of("CNI_IFNAME is not in the namespace", &Error::last_os_error())),
        link => Ok(link),
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
