//! The UDP socket of an endpoint.

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, SocketAddr, UdpSocket as StdSocket},
    sync::Arc,
};

use bytes::BytesMut;
use mio::net::UdpSocket;
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use sluice_engine::{EcnCodepoint, Outbox, Packet};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};

/// Asked of the system; it may give less.
const KERNEL_BUFFER: usize = 4 << 20;

/// Largest UDP payload that is received, GRO left out.
const MAX_PAYLOAD: usize = 2048;

/// More datagrams of one packet than this make bursts that receivers drop.
const MAX_SEGMENTS: usize = 32;

/// A bound socket with what the system offers: batches, segmentation and receive offload, ECN. Any thread may send.
pub(crate) struct Socket {
    pub(crate) io: UdpSocket,
    state: UdpSocketState,
    address: SocketAddr,
}

impl Socket {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let raw = RawSocket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.ip() == IpAddr::from([0u16; 8]) {
            // Where the system has no dual stack, the socket serves IPv6 alone.
            let _ = raw.set_only_v6(false);
        }
        raw.bind(&address.into())?;
        let socket = StdSocket::from(raw);
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // Larger buffers are a wish, not a need.
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), KERNEL_BUFFER);
        let address = socket.local_addr()?;
        Ok(Self {
            io: UdpSocket::from_std(socket),
            address,
            state,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn may_fragment(&self) -> bool {
        self.state.may_fragment()
    }

    /// How many datagrams one packet may carry.
    pub(crate) fn segments(&self) -> usize {
        self.state.max_gso_segments().clamp(1, MAX_SEGMENTS)
    }

    /// Sends what is in the outbox, in order; false when the system takes no more now.
    pub(crate) fn send_all(&self, out: &mut Outbox) -> bool {
        let mut sent = 0;
        let mut ready = true;
        for packet in &out.packets {
            ready = keeps_ready(self.send(packet));
            if !ready {
                break;
            }
            sent += 1;
        }
        out.sent(sent);
        ready
    }

    /// Sends one packet; `WouldBlock` when the system takes no more now. Other errors are the network's: QUIC
    /// treats such a packet as lost.
    fn send(&self, packet: &Packet) -> io::Result<()> {
        let transmit = Transmit {
            destination: packet.destination,
            ecn: packet
                .ecn
                .and_then(|ecn| quinn_udp::EcnCodepoint::from_bits(ecn as u8)),
            contents: &packet.contents,
            segment_size: packet.segment_size,
            src_ip: packet.source,
        };
        let (io, state) = (&self.io, &self.state);
        io.try_io(|| state.try_send(UdpSockRef::from(io), &transmit))
    }
}

/// The receiving side of a socket, with its buffers; one thread has it.
pub(crate) struct Receiver {
    pub(crate) socket: Arc<Socket>,
    buffer: Vec<u8>,
    buffer_size: usize,
}

impl Receiver {
    pub(crate) fn new(socket: Arc<Socket>) -> Self {
        let buffer_size = (MAX_PAYLOAD * socket.state.gro_segments()).min(1 << 16);
        Self {
            socket,
            buffer: vec![0; buffer_size * BATCH_SIZE],
            buffer_size,
        }
    }

    /// Receives one batch and hands over each datagram; `WouldBlock` when there is none.
    pub(crate) fn receive(&mut self, batch: &mut Vec<Received>) -> io::Result<()> {
        let mut slices: Vec<IoSliceMut<'_>> = self
            .buffer
            .chunks_exact_mut(self.buffer_size)
            .map(IoSliceMut::new)
            .collect();
        let mut meta = [RecvMeta::default(); BATCH_SIZE];
        let (io, state) = (&self.socket.io, &self.socket.state);
        let count =
            io.try_io(|| state.recv(UdpSockRef::from(io), slices.as_mut_slice(), &mut meta))?;
        for (meta, slice) in meta.iter().zip(slices.iter()).take(count) {
            batch.push(Received {
                remote: meta.addr,
                local: meta.dst_ip,
                ecn: meta.ecn.and_then(|ecn| EcnCodepoint::from_bits(ecn as u8)),
                stride: meta.stride,
                data: BytesMut::from(&slice[..meta.len]),
            });
        }
        Ok(())
    }
}

/// One or more datagrams of `stride` bytes from one peer (GRO).
pub(crate) struct Received {
    pub(crate) remote: SocketAddr,
    pub(crate) local: Option<IpAddr>,
    pub(crate) ecn: Option<EcnCodepoint>,
    pub(crate) stride: usize,
    pub(crate) data: BytesMut,
}

/// False when the socket said that it would block. Other errors (an ICMP message, say) concern one peer only.
pub(crate) fn keeps_ready(result: io::Result<()>) -> bool {
    !matches!(result, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// An IPv6 socket reaches IPv4 peers by mapped addresses (RFC 4291, 2.5.5.2).
pub(crate) fn for_socket(remote: SocketAddr, local: SocketAddr) -> Option<SocketAddr> {
    match (remote.ip(), local.ip()) {
        (IpAddr::V4(v4), IpAddr::V6(_)) => {
            Some(SocketAddr::new(v4.to_ipv6_mapped().into(), remote.port()))
        }
        (IpAddr::V6(_), IpAddr::V4(_)) => None,
        _ => Some(remote),
    }
}
