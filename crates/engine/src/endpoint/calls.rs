//! Calls about one connection or one of its streams.

use std::net::SocketAddr;

use bytes::Bytes;
use quinn_proto::{
    Dir, SendDatagramError, TransportParametersSummary, crypto::rustls::HandshakeData,
};
use rustls::pki_types::CertificateDer;

use super::{Endpoint, known, mark, open};
use crate::{
    ConnectionStats, EngineError, Opener, ReadOutcome, StreamCounts, WriteOutcome,
    connection::Connection,
};

impl Endpoint {
    /// `Connection.openStream`
    pub fn open_stream(&mut self, id: u32, dir: Dir) -> Result<Option<u64>, EngineError> {
        let connection = open(&mut self.connections, id)?;
        let stream = connection.open(dir);
        if stream.is_none() {
            // So that STREAMS_BLOCKED goes out.
            mark(connection, &mut self.dirty);
        }
        Ok(stream)
    }

    /// `Connection.acceptStream`
    pub fn accept_stream(&mut self, id: u32, dir: Dir) -> Result<Option<u64>, EngineError> {
        let connection = known(&mut self.connections, id)?;
        let stream = connection.accept(dir, &mut self.events);
        Ok(stream)
    }

    /// `Stream.read`
    pub fn read(
        &mut self,
        id: u32,
        stream: u64,
        buffer: &mut [u8],
    ) -> Result<ReadOutcome, EngineError> {
        let connection = known(&mut self.connections, id)?;
        let outcome = connection.read(stream, buffer)?;
        mark(connection, &mut self.dirty);
        Ok(outcome)
    }

    /// `Stream.write`
    pub fn write(
        &mut self,
        id: u32,
        stream: u64,
        data: &[u8],
    ) -> Result<WriteOutcome, EngineError> {
        self.change(id, |connection| connection.write(stream, data))
    }

    /// `Stream.finish`
    pub fn finish(&mut self, id: u32, stream: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.finish(stream))
    }

    /// `Stream.reset`
    pub fn reset(
        &mut self,
        id: u32,
        stream: u64,
        code: u64,
        reliable_size: Option<u64>,
    ) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.reset(stream, code, reliable_size)
        })
    }

    /// `Stream.stopSending`
    pub fn stop_sending(&mut self, id: u32, stream: u64, code: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.stop_sending(stream, code))
    }

    /// `Stream.setPriority`
    pub fn set_priority(&mut self, id: u32, stream: u64, priority: i32) -> Result<(), EngineError> {
        self.change(id, |connection| connection.set_priority(stream, priority))
    }

    /// Bytes acknowledged, for `Stream.stats`; `None` once the half is gone.
    pub fn acknowledged(&mut self, id: u32, stream: u64) -> Result<Option<u64>, EngineError> {
        known(&mut self.connections, id)?.acknowledged(stream)
    }

    /// `Connection.streamCounts`
    pub fn stream_counts(
        &self,
        id: u32,
        dir: Dir,
        opener: Opener,
    ) -> Result<StreamCounts, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(|connection| connection.stream_counts(dir, opener))
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.setMaxConcurrentStreams`
    pub fn set_max_concurrent_streams(
        &mut self,
        id: u32,
        dir: Dir,
        count: u64,
    ) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.set_max_concurrent_streams(dir, count)
        })
    }

    /// `Connection.grantStreams`
    pub fn grant_streams(&mut self, id: u32, dir: Dir, count: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.grant_streams(dir, count))
    }

    /// `Connection.setReceiveWindow`
    pub fn set_receive_window(&mut self, id: u32, bytes: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.set_receive_window(bytes))
    }

    /// `Connection.setSendWindow`
    pub fn set_send_window(&mut self, id: u32, bytes: u64) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.inner.set_send_window(bytes);
            Ok(())
        })
    }

    /// `Connection.ping`
    pub fn ping(&mut self, id: u32) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.inner.ping();
            Ok(())
        })
    }

    /// `Connection.sendDatagram`
    pub fn send_datagram(
        &mut self,
        id: u32,
        data: &[u8],
    ) -> Result<Result<(), SendDatagramError>, EngineError> {
        let data = Bytes::copy_from_slice(data);
        self.change(id, |connection| Ok(connection.send_datagram(data)))
    }

    /// `Connection.receiveDatagram`
    pub fn receive_datagram(&mut self, id: u32) -> Result<Option<Bytes>, EngineError> {
        Ok(known(&mut self.connections, id)?.receive_datagram())
    }

    /// `Connection.maxDatagramSize`
    pub fn max_datagram_size(&mut self, id: u32) -> Result<usize, EngineError> {
        let connection = known(&mut self.connections, id)?;
        Ok(connection.inner.datagrams().max_size().unwrap_or(0))
    }

    /// `Connection.remoteAddress`
    pub fn remote_address(&self, id: u32) -> Result<SocketAddr, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(|connection| connection.inner.remote_address())
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.stats`
    pub fn connection_stats(&self, id: u32) -> Result<ConnectionStats, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(Connection::stats)
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.transportParameters` and, once connected, `peerTransportParameters`
    pub fn transport_parameters(
        &self,
        id: u32,
    ) -> Result<
        (
            TransportParametersSummary,
            Option<TransportParametersSummary>,
        ),
        EngineError,
    > {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        Ok((
            connection.inner.local_transport_parameters(),
            connection.inner.remote_transport_parameters(),
        ))
    }

    /// `Connection.alpn`
    pub fn alpn(&self, id: u32) -> Result<Option<Vec<u8>>, EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        let data = connection.inner.crypto_session().handshake_data();
        Ok(data
            .and_then(|data| data.downcast::<HandshakeData>().ok())
            .and_then(|data| data.protocol))
    }

    /// `Connection.peerCertificate`
    pub fn peer_certificate(&self, id: u32) -> Result<Option<Vec<u8>>, EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        let identity = connection.inner.crypto_session().peer_identity();
        Ok(identity
            .and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok())
            .and_then(|chain| chain.first().map(|certificate| certificate.to_vec())))
    }

    /// `Connection.exportKeyingMaterial`; the handshake must be complete.
    pub fn export_keying_material(
        &self,
        id: u32,
        label: &[u8],
        context: &[u8],
        output: &mut [u8],
    ) -> Result<(), EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        connection
            .inner
            .crypto_session()
            .export_keying_material(output, label, context)
            .map_err(|_| {
                let why = "keying material can be exported once connected, up to 255 hashes long";
                EngineError::InvalidOption(why.into())
            })
    }

    fn change<T>(
        &mut self,
        id: u32,
        action: impl FnOnce(&mut Connection) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let connection = open(&mut self.connections, id)?;
        let result = action(connection)?;
        mark(connection, &mut self.dirty);
        Ok(result)
    }
}
