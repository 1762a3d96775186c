//! Statistics and transport parameters, for the few who ask.

use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;
use sluice_engine::TransportParametersSummary;

use crate::{
    endpoint::NativeEndpoint,
    error::{Result, from_engine},
};

/// `TransportParameters`
#[napi(object)]
#[allow(missing_docs)] // named as in TypeScript, and described there
pub struct NativeTransportParameters {
    pub max_idle_timeout: f64,
    pub max_udp_payload_size: f64,
    pub initial_max_data: f64,
    pub initial_max_stream_data_bidi_local: f64,
    pub initial_max_stream_data_bidi_remote: f64,
    pub initial_max_stream_data_uni: f64,
    pub initial_max_streams_bidi: f64,
    pub initial_max_streams_uni: f64,
    pub max_datagram_frame_size: f64,
    pub active_connection_id_limit: f64,
    pub disable_active_migration: bool,
    pub reset_stream_at: bool,
}

impl From<TransportParametersSummary> for NativeTransportParameters {
    fn from(from: TransportParametersSummary) -> Self {
        Self {
            max_idle_timeout: from.max_idle_timeout_ms as f64,
            max_udp_payload_size: from.max_udp_payload_size as f64,
            initial_max_data: from.initial_max_data as f64,
            initial_max_stream_data_bidi_local: from.initial_max_stream_data_bidi_local as f64,
            initial_max_stream_data_bidi_remote: from.initial_max_stream_data_bidi_remote as f64,
            initial_max_stream_data_uni: from.initial_max_stream_data_uni as f64,
            initial_max_streams_bidi: from.initial_max_streams_bidi as f64,
            initial_max_streams_uni: from.initial_max_streams_uni as f64,
            max_datagram_frame_size: from.max_datagram_frame_size.unwrap_or(0) as f64,
            active_connection_id_limit: from.active_connection_id_limit as f64,
            disable_active_migration: from.disable_active_migration,
            reset_stream_at: from.reset_stream_at,
        }
    }
}

#[napi]
impl NativeEndpoint {
    /// `Endpoint.stats`: connections, handshakes in flight, refused, retries, datagrams received and sent
    #[napi]
    pub fn stats(&self) -> Float64Array {
        let stats = self.shared.lock().engine.stats();
        Float64Array::new(vec![
            stats.connections as f64,
            stats.handshakes_in_flight as f64,
            stats.handshakes_refused as f64,
            stats.retries_sent as f64,
            stats.datagrams_received as f64,
            stats.datagrams_sent as f64,
        ])
    }

    /// `Connection.stats`: 12 numbers, then 13 frame counts sent and 13 received, in the order of the seam
    #[napi]
    pub fn connection_stats(&self, connection: u32) -> Result<Float64Array> {
        let state = self.shared.lock();
        let counted = state
            .engine
            .connection_stats(connection)
            .map_err(from_engine)?;
        let stats = counted.protocol;
        let path = stats.path;
        let mut numbers = vec![
            path.rtt.as_secs_f64() * 1000.0,
            path.min_rtt.as_secs_f64() * 1000.0,
            path.rtt_var.as_secs_f64() * 1000.0,
            path.cwnd as f64,
            f64::from(path.current_mtu),
            path.sent_packets as f64,
            counted.packets_received as f64,
            path.lost_packets as f64,
            stats.udp_tx.bytes as f64,
            stats.udp_rx.bytes as f64,
            path.lost_bytes as f64,
            counted.datagrams_dropped as f64,
        ];
        for frames in [stats.frame_tx, stats.frame_rx] {
            numbers.extend(
                [
                    frames.max_streams_bidi,
                    frames.max_streams_uni,
                    frames.streams_blocked_bidi,
                    frames.streams_blocked_uni,
                    frames.max_data,
                    frames.data_blocked,
                    frames.max_stream_data,
                    frames.stream_data_blocked,
                    frames.reset_stream,
                    frames.reset_stream_at,
                    frames.stop_sending,
                    frames.stream,
                    frames.datagram,
                ]
                .map(|count| count as f64),
            );
        }
        Ok(Float64Array::new(numbers))
    }

    /// `Connection.transportParameters`
    #[napi]
    pub fn local_transport_parameters(&self, connection: u32) -> Result<NativeTransportParameters> {
        let state = self.shared.lock();
        let found = state.engine.transport_parameters(connection);
        found.map(|(local, _)| local.into()).map_err(from_engine)
    }

    /// `Connection.peerTransportParameters`
    #[napi]
    pub fn peer_transport_parameters(
        &self,
        connection: u32,
    ) -> Result<Option<NativeTransportParameters>> {
        let state = self.shared.lock();
        let found = state.engine.transport_parameters(connection);
        found
            .map(|(_, remote)| remote.map(Into::into))
            .map_err(from_engine)
    }
}
