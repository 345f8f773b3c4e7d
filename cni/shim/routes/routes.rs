//! Routes of one interface. Source: rtnetlink(7), linux/rtnetlink.h.
use crate::acts::Family;
use crate::family_of;
use crate::netlink::{attributes, read_u32, Kernel, Message, Refusal};
use std::convert::TryInto;
use std::io::{Error, Result as IoResult};
use std::net::IpAddr;

pub const MAIN: u32 = 254;

const RTM_NEWROUTE: u16 = 24;
const RTM_DELROUTE: u16 = 25;
const RTM_GETROUTE: u16 = 26;
const NLM_F_REPLACE: u16 = 0x100;
const NLM_F_CREATE: u16 = 0x400;

const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
const RTA_MULTIPATH: u16 = 9;
const RTA_TABLE: u16 = 15;

const HEAD_BYTES: usize = 12;
/// Of a table whose number takes more than the head's byte.
const RT_TABLE_COMPAT: u8 = 252;
const RTPROT_STATIC: u8 = 4;
const RTN_UNICAST: u8 = 1;
const RTNH_F_ONLINK: u32 = 4;
const ESRCH: i32 = 3;

/// A default route by an interface.
pub struct Default {
    pub gateway: IpAddr,
    pub link: u32,
    pub table: u32,
    pub metric: u32,
}

/// A route as the kernel tells it.
struct Route {
    body: Vec<u8>,
}

impl Route {
    fn family(&self) -> u8 {
        self.body[0]
    }

    fn find(&self, kind: u16) -> Option<&[u8]> {
        attributes(&self.body, HEAD_BYTES).into_iter().find(|one| one.0 == kind).map(|one| one.1)
    }

    fn table(&self) -> u32 {
        self.find(RTA_TABLE).map_or(u32::from(self.body[4]), |value| read_u32(value, 0))
    }

    fn is_default(&self) -> bool {
        self.body[1] == 0
    }

    fn is_by(&self, link: u32) -> bool {
        self.find(RTA_OIF).map(|value| read_u32(value, 0)) == Some(link)
    }

    fn is_unicast(&self) -> bool {
        self.body[7] == RTN_UNICAST
    }

    /// The gateways by `link`, for a route of several ways.
    fn gateways_by(&self, link: u32) -> Vec<Option<Vec<u8>>> {
        let mut found = Vec::new();
        let mut rest = self.find(RTA_MULTIPATH).unwrap_or_default();
        while rest.len() >= 8 {
            let size = usize::from(u16::from_ne_bytes([rest[0], rest[1]])).clamp(8, rest.len());
            if read_u32(rest, 4) == link {
                let gateway = attributes(&rest[..size], 8).into_iter().find(|one| one.0 == RTA_GATEWAY);
                found.push(gateway.map(|one| one.1.to_vec()));
            }
            rest = &rest[size..];
        }
        found
    }

    /// The request that is about this route, in that table.
    fn to_message(&self, kind: u16, table: u32) -> Message {
        let mut head = self.body[..HEAD_BYTES].to_vec();
        head[4] = to_table_byte(table);
        if kind == RTM_NEWROUTE {
            head[5] = RTPROT_STATIC;
        }
        let flags = read_u32(&head, 8) & RTNH_F_ONLINK;
        head[8..].copy_from_slice(&flags.to_ne_bytes());
        let kept = [RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_METRICS];
        attributes(&self.body, HEAD_BYTES)
            .into_iter()
            .filter(|one| kept.contains(&one.0))
            .fold(Message::new(kind, &head), |message, one| message.attribute(one.0, one.1))
            .attribute(RTA_TABLE, &table.to_ne_bytes())
    }
}

/// Gives the table what the main one has for the interface.
pub fn copy(kernel: &mut Kernel, link: u32, table: u32) -> Result<(), Refusal> {
    for route in list(kernel, MAIN)? {
        if !route.is_by(link) || !route.is_unicast() {
            continue;
        }
        let message = route.to_message(RTM_NEWROUTE, table);
        kernel
            .change(&message, NLM_F_CREATE | NLM_F_REPLACE)
            .map_err(|error| Refusal::of("a route can't be copied", &error))?;
    }
    Ok(())
}

pub fn set_default(kernel: &mut Kernel, route: &Default) -> Result<(), Refusal> {
    let mut message = Message::new(RTM_NEWROUTE, &to_default_head(route.gateway, route.table))
        .attribute(RTA_GATEWAY, &to_bytes(route.gateway))
        .attribute(RTA_OIF, &route.link.to_ne_bytes())
        .attribute(RTA_TABLE, &route.table.to_ne_bytes());
    if route.metric > 0 {
        message = message.attribute(RTA_PRIORITY, &route.metric.to_ne_bytes());
    }
    kernel
        .change(&message, NLM_F_CREATE | NLM_F_REPLACE)
        .map_err(|error| Refusal::of("a default route can't be set", &error))
}

/// Takes the default routes by an interface out of the main table; of a route of several ways, only its own.
pub fn remove_defaults(kernel: &mut Kernel, link: u32, family: Family) -> Result<(), Refusal> {
    for route in list(kernel, MAIN)? {
        if !route.is_default() || route.family() != to_number(family) {
            continue;
        }
        if route.is_by(link) {
            remove(kernel, &route.to_message(RTM_DELROUTE, MAIN))?;
        }
        for gateway in route.gateways_by(link) {
            let mut message = route.to_message(RTM_DELROUTE, MAIN).attribute(RTA_OIF, &link.to_ne_bytes());
            if let Some(address) = gateway {
                message = message.attribute(RTA_GATEWAY, &address);
            }
            remove(kernel, &message)?;
        }
    }
    Ok(())
}

/// The families and gateways of the default routes by an interface in the main table.
pub fn list_defaults(kernel: &mut Kernel, link: u32) -> Result<Vec<(Family, Option<IpAddr>)>, Refusal> {
    let mut found = Vec::new();
    for route in list(kernel, MAIN)?.iter().filter(|one| one.is_default() && one.is_unicast()) {
        let mut gateways = route.gateways_by(link);
        if route.is_by(link) {
            gateways.push(route.find(RTA_GATEWAY).map(<[u8]>::to_vec));
        }
        for family in [Family::V4, Family::V6] {
            if route.family() == to_number(family) {
                found.extend(gateways.iter().map(|one| (family, one.as_deref().and_then(to_address))));
            }
        }
    }
    Ok(found)
}

pub fn has_default(kernel: &mut Kernel, link: u32, family: Family, table: u32) -> Result<bool, Refusal> {
    let routes = list(kernel, table)?;
    Ok(routes.iter().any(|one| one.is_default() && one.is_by(link) && one.family() == to_number(family)))
}

pub fn flush(kernel: &mut Kernel, table: u32) -> Result<(), Refusal> {
    for route in list(kernel, table)? {
        remove(kernel, &route.to_message(RTM_DELROUTE, table))?;
    }
    Ok(())
}

/// One that has gone by itself is fine.
fn remove(kernel: &mut Kernel, message: &Message) -> Result<(), Refusal> {
    match kernel.change(message, 0) {
        Err(error) if error.raw_os_error() != Some(ESRCH) => {
            Err(Refusal::of("a route can't be removed", &error))
        }
        _ => Ok(()),
    }
}

/// Both families' routes of one table. The kernel may tell of others: not every one knows how to leave them out.
fn list(kernel: &mut Kernel, table: u32) -> Result<Vec<Route>, Refusal> {
    let bodies: IoResult<Vec<Vec<u8>>> = kernel.list(&Message::new(RTM_GETROUTE, &[0; HEAD_BYTES]));
    let bodies = bodies.map_err(|error: Error| Refusal::of("routes can't be listed", &error))?;
    let routes = bodies.into_iter().filter(|body| body.len() >= HEAD_BYTES).map(|body| Route { body });
    Ok(routes.filter(|route| route.table() == table).collect())
}

fn to_default_head(gateway: IpAddr, table: u32) -> [u8; HEAD_BYTES] {
    let family = to_number(family_of(gateway));
    [family, 0, 0, 0, to_table_byte(table), RTPROT_STATIC, 0, RTN_UNICAST, 0, 0, 0, 0]
}

fn to_table_byte(table: u32) -> u8 {
    u8::try_from(table).unwrap_or(RT_TABLE_COMPAT)
}

pub fn to_number(family: Family) -> u8 {
    match family {
        Family::V4 => 2,
        Family::V6 => 10,
    }
}

fn to_address(bytes: &[u8]) -> Option<IpAddr> {
    let four: Option<[u8; 4]> = bytes.try_into().ok();
    let six: Option<[u8; 16]> = bytes.try_into().ok();
    four.map(IpAddr::from).or(six.map(IpAddr::from))
}

pub fn to_bytes(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(four) => four.octets().to_vec(),
        IpAddr::V6(six) => six.octets().to_vec(),
    }
}
