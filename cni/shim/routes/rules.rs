//! Rules that lead packets from one address to a table. Source: linux/fib_rules.h.
use crate::family_of;
use crate::netlink::{attributes, read_u32, Kernel, Message, Refusal};
use crate::routes::{to_bytes, to_number};
use std::net::IpAddr;

const RTM_NEWRULE: u16 = 32;
const RTM_DELRULE: u16 = 33;
const RTM_GETRULE: u16 = 34;
const NLM_F_CREATE: u16 = 0x400;

const FRA_SRC: u16 = 2;
const FRA_PRIORITY: u16 = 6;
const FRA_TABLE: u16 = 15;
const FR_ACT_TO_TBL: u8 = 1;

const HEAD_BYTES: usize = 12;
/// Before the main table, and before whatever else somebody may add without saying where.
const PRIORITY: u32 = 1000;
const EEXIST: i32 = 17;
const ENOENT: i32 = 2;

/// A rule as the kernel tells it.
struct Rule {
    family: u8,
    source: Vec<u8>,
    table: u32,
    priority: u32,
}

pub fn add(kernel: &mut Kernel, address: IpAddr, table: u32) -> Result<(), Refusal> {
    let rule = to_rule(address, table);
    match kernel.change(&to_message(RTM_NEWRULE, &rule), NLM_F_CREATE) {
        Err(error) if error.raw_os_error() != Some(EEXIST) => {
            Err(Refusal::of("a rule can't be added", &error))
        }
        _ => Ok(()),
    }
}

pub fn has(kernel: &mut Kernel, address: IpAddr, table: u32) -> Result<bool, Refusal> {
    let wanted = to_rule(address, table);
    Ok(list(kernel, table)?.iter().any(|rule| rule.source == wanted.source))
}

/// All that lead to this table.
pub fn remove(kernel: &mut Kernel, table: u32) -> Result<(), Refusal> {
    for rule in list(kernel, table)? {
        match kernel.change(&to_message(RTM_DELRULE, &rule), 0) {
            Err(error) if error.raw_os_error() != Some(ENOENT) => {
                return Err(Refusal::of("a rule can't be removed", &error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn to_rule(address: IpAddr, table: u32) -> Rule {
    Rule { family: to_number(family_of(address)), source: to_bytes(address), table, priority: PRIORITY }
}

fn to_message(kind: u16, rule: &Rule) -> Message {
    let source_bits = (rule.source.len() * 8) as u8;
    let head = [rule.family, 0, source_bits, 0, 0, 0, 0, FR_ACT_TO_TBL, 0, 0, 0, 0];
    let message = Message::new(kind, &head);
    let message = if rule.source.is_empty() { message } else { message.attribute(FRA_SRC, &rule.source) };
    message
        .attribute(FRA_PRIORITY, &rule.priority.to_ne_bytes())
        .attribute(FRA_TABLE, &rule.table.to_ne_bytes())
}

fn list(kernel: &mut Kernel, table: u32) -> Result<Vec<Rule>, Refusal> {
    let bodies = kernel
        .list(&Message::new(RTM_GETRULE, &[0; HEAD_BYTES]))
        .map_err(|error| Refusal::of("rules can't be listed", &error))?;
    let rules = bodies.iter().filter(|body| body.len() >= HEAD_BYTES).map(|body| {
        let found = attributes(body, HEAD_BYTES);
        let find = |kind: u16| found.iter().find(|one| one.0 == kind).map_or(&[][..], |one| one.1);
        Rule {
            family: body[0],
            source: find(FRA_SRC).to_vec(),
            table: read_u32(find(FRA_TABLE), 0),
            priority: read_u32(find(FRA_PRIORITY), 0),
        }
    });
    Ok(rules.filter(|rule| rule.table == table).collect())
}
