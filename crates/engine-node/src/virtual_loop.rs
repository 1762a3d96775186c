//! What the I/O thread does, done by JavaScript: `packages/engine/src/virtual` says what time it is, brings datagrams
//! and takes them away. The simulator's face of the engine.

use std::{cell::RefCell, net::SocketAddr, sync::Arc};

use bytes::BytesMut;
use napi::bindgen_prelude::{Uint8Array, Uint8ArraySlice};
use napi_derive::napi;
use sluice_engine::{Endpoint, EndpointOptions, Outbox, Replay, TransportOptions};

use crate::{
    endpoint::{NativeAddress, NativeEndpoint},
    error::{Result, from_engine},
    options::{self, NativeEndpointOptions, whole},
    shared::Shared,
};

/// Packets of one round; the loop goes on until there are none.
const PACKETS_A_ROUND: usize = 64;

/// Works for one endpoint that has neither thread nor socket.
#[napi]
pub struct NativeVirtualLoop {
    shared: Arc<Shared>,
    address: SocketAddr,
    transport: TransportOptions,
    out: RefCell<Outbox>,
}

/// A datagram on its way.
#[napi(object)]
pub struct NativeDatagram {
    /// Where to
    pub to: NativeAddress,
    /// UDP payload
    pub data: Uint8Array,
}

#[napi]
impl NativeVirtualLoop {
    /// `Engine.bind`; `host` and `port` are the network's to give. Times are microseconds from now on.
    #[napi(factory)]
    pub fn bind(options: NativeEndpointOptions, seed: f64, first_connection: u32) -> Result<Self> {
        let address = options::address(options.host.as_deref(), options.port.unwrap_or(0.0))?;
        let transport = options
            .transport
            .unwrap_or_default()
            .build(TransportOptions::default())?;
        let server = match options.server {
            Some(server) => Some(server.build()?),
            None => None,
        };
        let engine = Endpoint::new(EndpointOptions {
            server,
            transport: transport.clone(),
            key_log: options.key_log,
            discover_mtu: true,
            replay: Some(Replay {
                seed: whole("seed", Some(seed), 0)?,
                first_connection,
            }),
        })
        .map_err(from_engine)?;
        Ok(Self {
            shared: Arc::new(Shared::in_virtual_time(engine)),
            address,
            transport,
            out: RefCell::default(),
        })
    }

    /// The endpoint that this is the loop of; asked once.
    #[napi]
    pub fn endpoint(&self) -> NativeEndpoint {
        NativeEndpoint::without_thread(self.shared.clone(), self.address, self.transport.clone())
    }

    /// Sets the time, for the calls that come.
    #[napi]
    pub fn set_now(&self, now: f64) {
        // Saturates: no caller goes back, and none gets that far.
        self.shared.set_now(now as u64);
    }

    /// Takes a datagram from the network.
    #[napi]
    pub fn receive(&self, host: String, port: f64, data: Uint8ArraySlice<'_>) -> Result<()> {
        let from = options::address(Some(&host), port)?;
        let now = self.shared.now();
        self.shared.lock().engine.handle_datagram(
            now,
            from,
            None,
            None,
            BytesMut::from(&data[..]),
            &mut self.out.borrow_mut(),
        );
        Ok(())
    }

    /// Lets timers fire and connections send; what goes out. Events wait to be drained.
    #[napi]
    pub fn work(&self) -> Vec<NativeDatagram> {
        let now = self.shared.now();
        let mut out = self.out.borrow_mut();
        let mut state = self.shared.lock();
        state.engine.handle_timeouts(now);
        loop {
            state.engine.flush(now, 1, PACKETS_A_ROUND, &mut out);
            if !state.engine.wants_flush() {
                break;
            }
        }
        if state.stop_at.is_some_and(|at| at <= now) {
            state.stop_at = None;
            state.engine.stopped();
        }
        let datagrams = out
            .packets
            .iter()
            .map(|packet| NativeDatagram {
                to: packet.destination.into(),
                data: Uint8Array::new(packet.contents.clone()),
            })
            .collect();
        let count = out.packets.len();
        out.sent(count);
        datagrams
    }

    /// When `work` wants to be called next.
    #[napi]
    pub fn next_timeout(&self) -> Option<f64> {
        let state = self.shared.lock();
        let earliest = match (state.engine.next_timeout(), state.stop_at) {
            (Some(timer), Some(stop)) => Some(timer.min(stop)),
            (timer, stop) => timer.or(stop),
        };
        self.shared
            .virtual_micros(earliest?)
            .map(|micros| micros as f64)
    }
}
