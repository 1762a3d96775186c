//! How connections end, and the endpoint.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Endpoint, mark, open};
use crate::{
    CloseReason, EngineError, Event, EventKind, connection::Phase, farewell::Farewell,
    options::varint,
};

impl Endpoint {
    /// `Connection.close`
    pub fn close_connection(
        &mut self,
        id: u32,
        now: Instant,
        code: u64,
        reason: &[u8],
    ) -> Result<(), EngineError> {
        let code = varint("code", code)?;
        let connection = open(&mut self.connections, id)?;
        connection
            .inner
            .close(now, code, Bytes::copy_from_slice(reason));
        mark(connection, &mut self.dirty);
        self.ended(id, CloseReason::local(code.into_inner(), reason));
        Ok(())
    }

    /// `Endpoint.close`: closes every connection, and refuses new ones. Says how long to stay: the CONNECTION_CLOSE of
    /// each is repeated meanwhile. A second call changes nothing.
    pub fn close(
        &mut self,
        now: Instant,
        code: u64,
        reason: &[u8],
    ) -> Result<Duration, EngineError> {
        varint("code", code)?;
        self.closed = true;
        if let Some(farewell) = &self.farewell {
            return Ok(farewell.linger());
        }
        let mut longest_rtt = Duration::ZERO;
        let ids: Vec<u32> = self.connections.keys().copied().collect();
        for id in ids {
            if let Ok(connection) = open(&mut self.connections, id) {
                longest_rtt = longest_rtt.max(connection.inner.rtt());
                self.close_connection(id, now, code, reason)?;
            }
        }
        let farewell = self.farewell.insert(Farewell::new(now, longest_rtt));
        Ok(farewell.linger())
    }

    /// The loop has broken down: no connection can go on.
    pub fn fail(&mut self) {
        self.closed = true;
        let ids: Vec<u32> = self.connections.keys().copied().collect();
        for id in ids {
            if open(&mut self.connections, id).is_ok() {
                self.ended(id, CloseReason::internal_error());
            }
        }
    }

    /// The loop has ended; the last event of the endpoint.
    pub fn stopped(&mut self) {
        self.closed = true;
        self.events
            .push_back(Event::endpoint(EventKind::EndpointStopped));
    }

    /// The connection is over as far as the application is concerned.
    pub(super) fn ended(&mut self, id: u32, reason: CloseReason) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let server = connection.inner.side().is_server();
        let unknown = server && connection.is_handshaking();
        self.open_connections -= 1;
        if server {
            self.open_accepted -= 1;
        }
        if unknown {
            self.stats.handshakes_in_flight -= 1;
            connection.forgotten = true;
        } else {
            connection.close_reason = Some(reason);
            self.events
                .push_back(Event::connection(EventKind::Closed, id));
        }
        connection.phase = Phase::Closed;
    }

    /// quinn-proto has let go of the connection.
    pub(super) fn drained(&mut self, id: u32) {
        if let Some(connection) = self.connections.get_mut(&id) {
            self.by_handle.remove(&connection.handle);
            self.timers.cancel(id, &mut connection.scheduled);
            connection.drained = true;
            if connection.forgotten {
                self.connections.remove(&id);
            }
        }
    }

    /// Why a connection ended; TypeScript asks once, with the `Closed` event, and the connection is forgotten.
    pub fn forget(&mut self, id: u32) -> Option<CloseReason> {
        let connection = self.connections.get_mut(&id)?;
        let reason = connection.close_reason.take()?;
        connection.forgotten = true;
        if connection.drained {
            self.connections.remove(&id);
        }
        Some(reason)
    }
}
