//! `genie-routes`: gives one interface of a pod routes of its own, so that replies leave by the interface they came in
//! on. Called as a CNI plugin is; what is to be done stands in its configuration as acts.
mod acts;
mod namespace;
mod netlink;
mod routes;
mod rules;

use acts::{parse_acts, Act, Family};
use netlink::{Kernel, Refusal};
use std::env;
use std::io::{self, Read};
use std::net::IpAddr;
use std::process::ExitCode;

/// More than the acts of any interface take.
const STDIN_LIMIT_BYTES: u64 = 1 << 20;
/// The first code that the CNI specification leaves to plugins.
const FAILED: u32 = 100;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            println!("{{\"cniVersion\":\"1.0.0\",\"code\":{},\"msg\":\"{}\"}}", FAILED, refusal);
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Refusal> {
    let (verb, netns, if_name) = (variable("CNI_COMMAND"), variable("CNI_NETNS"), variable("CNI_IFNAME"));
    let acts = parse_acts(&read_stdin()?)?;
    if !["ADD", "CHECK", "DEL"].contains(&verb.as_str()) {
        return Err(Refusal::new("CNI_COMMAND is none that is served"));
    }
    let is_there = namespace::enter(&netns)?;
    if verb == "DEL" {
        // What was in a namespace that is gone has gone with it.
        return if is_there { delete(&mut Kernel::open()?, &acts) } else { Ok(()) };
    }
    match if is_there { namespace::find_link(&if_name)? } else { None } {
        Some(link) if verb == "ADD" => {
            let mut kernel = Kernel::open()?;
            add(&mut kernel, &if_name, link, &acts)?;
            println!("{}", format_result(&routes::list_defaults(&mut kernel, link)?));
            Ok(())
        }
        Some(link) => check(&mut Kernel::open()?, link, &acts),
        None => {
            require_no_gateway(&acts)?;
            if verb == "ADD" {
                println!("{}", format_result(&[]));
            }
            Ok(())
        }
    }
}

/// What ADD answers: the default routes that the interface has in the main table, whoever made them.
fn format_result(defaults: &[(Family, Option<IpAddr>)]) -> String {
    let format = |(family, gateway): &(Family, Option<IpAddr>)| {
        let dst = if *family == Family::V4 { "0.0.0.0/0" } else { "::/0" };
        let gw = gateway.map_or(String::new(), |address| format!(",\"gw\":\"{}\"", address));
        format!("{{\"dst\":\"{}\"{}}}", dst, gw)
    };
    let routes: Vec<String> = defaults.iter().map(format).collect();
    format!("{{\"cniVersion\":\"1.0.0\",\"routes\":[{}]}}", routes.join(","))
}

/// What the kernel has no link for, such as a device of DPDK's, has no routes to be arranged. Whether one that was there
/// is missed says its own plugin.
fn require_no_gateway(acts: &[Act]) -> Result<(), Refusal> {
    if acts.iter().any(|act| matches!(act, Act::Gateway(..))) {
        return Err(Refusal::new("CNI_IFNAME is not in the namespace, and is to have the default route"));
    }
    Ok(())
}

/// Copies before it takes away: at no moment is there no way back to who asks.
fn add(kernel: &mut Kernel, if_name: &str, link: u32, acts: &[Act]) -> Result<(), Refusal> {
    if let Some(table) = find_table(acts) {
        routes::copy(kernel, link, table)?;
        namespace::answer_for_own_addresses(if_name)?;
    }
    for act in acts {
        match (*act, find_table(acts)) {
            (Act::Default(gateway), Some(table)) => {
                routes::set_default(kernel, &routes::Default { gateway, link, table, metric: 0 })?
            }
            (Act::From(address), Some(table)) => rules::add(kernel, address, table)?,
            (Act::Undefault(family), _) => routes::remove_defaults(kernel, link, family)?,
            (Act::Gateway(gateway, metric), _) => {
                let table = routes::MAIN;
                routes::set_default(kernel, &routes::Default { gateway, link, table, metric })?
            }
            _ => {}
        }
    }
    Ok(())
}

fn check(kernel: &mut Kernel, link: u32, acts: &[Act]) -> Result<(), Refusal> {
    let table = match find_table(acts) {
        Some(table) => table,
        None => return Ok(()),
    };
    for act in acts {
        let is_there = match *act {
            Act::From(address) => rules::has(kernel, address, table)?,
            Act::Default(gateway) => routes::has_default(kernel, link, family_of(gateway), table)?,
            _ => true,
        };
        if !is_there {
            return Err(Refusal::new("a rule or a route of the interface's own table is gone"));
        }
    }
    Ok(())
}

/// Rules outlive the interface; everything else goes with it, but for interfaces that only leave.
fn delete(kernel: &mut Kernel, acts: &[Act]) -> Result<(), Refusal> {
    if let Some(table) = find_table(acts) {
        rules::remove(kernel, table)?;
        routes::flush(kernel, table)?;
    }
    Ok(())
}

fn find_table(acts: &[Act]) -> Option<u32> {
    acts.iter().find_map(|act| match act {
        Act::Table(table) => Some(*table),
        _ => None,
    })
}

pub fn family_of(address: IpAddr) -> Family {
    if address.is_ipv4() {
        Family::V4
    } else {
        Family::V6
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

fn read_stdin() -> Result<String, Refusal> {
    let mut text = String::new();
    match io::stdin().take(STDIN_LIMIT_BYTES).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Refusal::new("stdin can't be read as a text")),
    }
}
