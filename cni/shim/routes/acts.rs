//! What is to be done with an interface, as `core/routing/acts.ts` writes it.
use crate::netlink::Refusal;
use std::net::IpAddr;

#[derive(Clone, Copy, PartialEq)]
pub enum Family {
    V4,
    V6,
}

#[derive(Clone, Copy)]
pub enum Act {
    /// The interface's own table: gets all its routes.
    Table(u32),
    /// Packets from this address go by that table.
    From(IpAddr),
    /// The default route of that table, in place of one that the main table has.
    Default(IpAddr),
    /// Default routes by this interface are taken out of the main table.
    Undefault(Family),
    /// A default route of the main table, with its metric.
    Gateway(IpAddr, u32),
}

const HEAD: &str = "{\"acts\":[";

/// The configuration begins with its acts, each a text of plain words: there is nothing in them to be escaped.
pub fn parse_acts(stdin: &str) -> Result<Vec<Act>, Refusal> {
    let listed = stdin.strip_prefix(HEAD).and_then(|rest| rest.split_once(']'));
    let list = match listed {
        Some((list, _)) => list,
        None => return Err(Refusal::new("the configuration doesn't begin with its acts")),
    };
    list.split(',').filter(|item| !item.is_empty()).map(parse_act).collect()
}

fn parse_act(item: &str) -> Result<Act, Refusal> {
    let words: Vec<&str> = item.trim_matches('"').split(' ').collect();
    let act = match words.as_slice() {
        ["table", table] => table.parse().ok().map(Act::Table),
        ["from", address] => address.parse().ok().map(Act::From),
        ["default", gateway] => gateway.parse().ok().map(Act::Default),
        ["undefault", "4"] => Some(Act::Undefault(Family::V4)),
        ["undefault", "6"] => Some(Act::Undefault(Family::V6)),
        ["gateway", gateway, metric] => {
            let parsed = (gateway.parse().ok(), metric.parse().ok());
            parsed.0.and_then(|to| parsed.1.map(|metric| Act::Gateway(to, metric)))
        }
        _ => None,
    };
    act.ok_or_else(|| Refusal::new("an act of the configuration is none that is known"))
}
