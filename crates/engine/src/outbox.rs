use std::net::{IpAddr, SocketAddr};

use quinn_proto::{EcnCodepoint, Transmit};

/// UDP payload to send: one datagram, or several of `segment_size` to one destination.
#[derive(Debug, Clone)]
pub struct Packet {
    /// Where to
    pub destination: SocketAddr,
    /// From which of our addresses, where the endpoint has several
    pub source: Option<IpAddr>,
    /// ECN bits of the IP header
    pub ecn: Option<EcnCodepoint>,
    /// Set when `contents` are several datagrams; the last may be shorter
    pub segment_size: Option<usize>,
    /// The bytes
    pub contents: Vec<u8>,
}

impl Packet {
    /// How many UDP datagrams this is.
    pub fn datagrams(&self) -> u64 {
        match self.segment_size {
            Some(size) if size > 0 => self.contents.len().div_ceil(size) as u64,
            _ => 1,
        }
    }
}

/// Packets that wait for the socket, and empty buffers for the next ones.
#[derive(Debug, Default)]
pub struct Outbox {
    /// To be sent, oldest first
    pub packets: Vec<Packet>,
    spare: Vec<Vec<u8>>,
}

/// Buffers kept for reuse; more than one round of sending ever has.
const MAX_SPARE: usize = 64;

impl Outbox {
    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    pub(crate) fn push(&mut self, transmit: Transmit, mut contents: Vec<u8>) {
        contents.truncate(transmit.size);
        self.packets.push(Packet {
            destination: transmit.destination,
            source: transmit.src_ip,
            ecn: transmit.ecn,
            segment_size: transmit.segment_size,
            contents,
        });
    }

    pub(crate) fn give_back(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < MAX_SPARE {
            buffer.clear();
            self.spare.push(buffer);
        }
    }

    /// Takes the first `count` packets away; they were sent.
    pub fn sent(&mut self, count: usize) {
        for packet in self.packets.drain(..count) {
            let mut buffer = packet.contents;
            if self.spare.len() < MAX_SPARE {
                buffer.clear();
                self.spare.push(buffer);
            }
        }
    }
}
