//! How connections come to be: those that are dialled, and those that are let in.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use quinn_proto::{ClientConfig, ConnectionHandle, Incoming, ServerConfig};

use super::{Endpoint, NEXT_ID, mark};
use crate::{
    EngineError, Identity, Outbox, TransportOptions, Verification, connection::Connection, tls,
};

/// `Endpoint.connect` of the seam.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// Where the server is
    pub remote: SocketAddr,
    /// For SNI and, with roots, for the check of the certificate
    pub server_name: String,
    /// Protocols in order of preference
    pub alpn: Vec<Vec<u8>>,
    /// How to check the server's certificate
    pub verification: Verification,
    /// Instead of the endpoint's defaults
    pub transport: Option<TransportOptions>,
}

impl Endpoint {
    /// Admission comes before any work for the handshake (RFC 9000, 8.1 and 5.2.2).
    pub(super) fn incoming(
        &mut self,
        incoming: Incoming,
        now: Instant,
        mut response: Vec<u8>,
        out: &mut Outbox,
    ) {
        let Some(server) = &self.server else {
            self.inner.ignore(incoming);
            return out.give_back(response);
        };
        let full = self.stats.handshakes_in_flight >= server.options.max_handshakes
            || self.open_accepted >= server.options.max_connections;
        if self.closed || full {
            self.stats.handshakes_refused += 1;
            let transmit = self.inner.refuse(incoming, &mut response);
            return out.push(transmit, response);
        }
        let must_validate = self.stats.handshakes_in_flight >= server.options.retry_above;
        if must_validate && !incoming.remote_address_validated() && incoming.may_retry() {
            match self.inner.retry(incoming, &mut response) {
                Ok(transmit) => {
                    self.stats.retries_sent += 1;
                    out.push(transmit, response);
                }
                Err(error) => {
                    self.inner.ignore(error.into_incoming());
                    out.give_back(response);
                }
            }
            return;
        }
        match self.inner.accept(incoming, now, &mut response, None) {
            Ok((handle, connection)) => {
                out.give_back(response);
                let transport = self.transport.clone();
                self.add(handle, connection, &transport, now);
            }
            Err(error) => match error.response {
                Some(transmit) => out.push(transmit, response),
                None => out.give_back(response),
            },
        }
    }

    /// `Endpoint.connect`; the connection's number comes back at once.
    pub fn connect(&mut self, request: ConnectRequest, now: Instant) -> Result<u32, EngineError> {
        if self.closed {
            return Err(EngineError::EndpointClosed);
        }
        let tls = tls::client_config(&request.verification, &request.alpn, self.key_log.clone())?;
        let (transport, transport_config) = match request.transport {
            Some(transport) => {
                let config = transport.build()?;
                (transport, config)
            }
            None => (self.transport.clone(), self.transport_config.clone()),
        };
        let mut config = ClientConfig::new(tls);
        config.transport_config(transport_config);
        let (handle, connection) = self
            .inner
            .connect(now, config, request.remote, &request.server_name)
            .map_err(|error| EngineError::InvalidOption(error.to_string()))?;
        Ok(self.add(handle, connection, &transport, now))
    }

    fn add(
        &mut self,
        handle: ConnectionHandle,
        inner: quinn_proto::Connection,
        transport: &TransportOptions,
        now: Instant,
    ) -> u32 {
        let id = self.number();
        let mut connection = Connection::new(id, handle, inner, transport, now);
        connection.collect_datagrams();
        self.open_connections += 1;
        if connection.inner.side().is_server() {
            self.open_accepted += 1;
            self.stats.handshakes_in_flight += 1;
        }
        mark(&mut connection, &mut self.dirty);
        self.by_handle.insert(handle, id);
        self.connections.insert(id, connection);
        id
    }

    fn number(&mut self) -> u32 {
        match &mut self.next_id {
            Some(next) => {
                *next += 1;
                *next - 1
            }
            None => NEXT_ID.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// `Endpoint.setCertificate`
    pub fn set_identity(&mut self, identity: Identity) -> Result<(), EngineError> {
        let Some(server) = &mut self.server else {
            let why = "the endpoint has no `server` option: it shows no certificate";
            return Err(EngineError::InvalidOption(why.into()));
        };
        // All but the certificate stays, so that Retry tokens that are out remain good.
        let mut config = ServerConfig::clone(&server.config);
        config.crypto = tls::server_config(&identity, &server.options.alpn, self.key_log.clone())?;
        server.options.identity = identity;
        server.config = Arc::new(config);
        self.inner.set_server_config(Some(server.config.clone()));
        Ok(())
    }
}
