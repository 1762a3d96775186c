//! Calls that concern a whole connection.

use napi::bindgen_prelude::{Uint8Array, Uint8ArraySlice};
use napi_derive::napi;
use sluice_engine::SendDatagramError;

use crate::{
    endpoint::{NativeAddress, NativeEndpoint},
    error::{Result, from_engine, lost_or},
    hot::dir,
    options::whole,
};

#[napi]
impl NativeEndpoint {
    /// `Connection.close`; false: it was closed before
    #[napi]
    pub fn close_connection(&self, connection: u32, code: f64, reason: String) -> Result<bool> {
        let code = whole("code", Some(code), 0)?;
        let mut state = self.shared.lock();
        let now = self.shared.now();
        let closed = state
            .engine
            .close_connection(connection, now, code, reason.as_bytes());
        Ok(lost_or(closed)?.is_some())
    }

    /// `Connection.remoteAddress`
    #[napi]
    pub fn remote_address(&self, connection: u32) -> Result<NativeAddress> {
        let state = self.shared.lock();
        let address = state.engine.remote_address(connection);
        address.map(Into::into).map_err(from_engine)
    }

    /// `Connection.alpn`
    #[napi]
    pub fn alpn(&self, connection: u32) -> Result<Option<String>> {
        let alpn = self.shared.lock().engine.alpn(connection);
        alpn.map(|alpn| alpn.map(|name| String::from_utf8_lossy(&name).into_owned()))
            .map_err(from_engine)
    }

    /// `Connection.peerCertificate`
    #[napi]
    pub fn peer_certificate(&self, connection: u32) -> Result<Option<Uint8Array>> {
        let certificate = self.shared.lock().engine.peer_certificate(connection);
        certificate
            .map(|der| der.map(Uint8Array::new))
            .map_err(from_engine)
    }

    /// `Connection.exportKeyingMaterial`
    #[napi]
    pub fn export_keying_material(
        &self,
        connection: u32,
        label: Uint8ArraySlice<'_>,
        context: Uint8ArraySlice<'_>,
        mut output: Uint8ArraySlice<'_>,
    ) -> Result<()> {
        // SAFETY: JavaScript allocated the array for this call and is inside it; nobody else writes.
        let output = unsafe { output.as_mut() };
        let state = self.shared.lock();
        state
            .engine
            .export_keying_material(connection, &label, &context, output)
            .map_err(from_engine)
    }

    /// `Connection.setMaxConcurrentStreams`
    #[napi]
    pub fn set_max_concurrent_streams(&self, connection: u32, uni: bool, count: f64) -> Result<()> {
        let count = whole("count", Some(count), 0)?;
        let mut state = self.shared.lock();
        state
            .engine
            .set_max_concurrent_streams(connection, dir(uni), count)
            .map_err(from_engine)
    }

    /// `Connection.grantStreams`
    #[napi]
    pub fn grant_streams(&self, connection: u32, uni: bool, count: f64) -> Result<()> {
        let count = whole("count", Some(count), 0)?;
        let mut state = self.shared.lock();
        state
            .engine
            .grant_streams(connection, dir(uni), count)
            .map_err(from_engine)
    }

    /// `Connection.setReceiveWindow`
    #[napi]
    pub fn set_receive_window(&self, connection: u32, bytes: f64) -> Result<()> {
        let bytes = whole("bytes", Some(bytes), 0)?;
        let mut state = self.shared.lock();
        state
            .engine
            .set_receive_window(connection, bytes)
            .map_err(from_engine)
    }

    /// `Connection.setSendWindow`
    #[napi]
    pub fn set_send_window(&self, connection: u32, bytes: f64) -> Result<()> {
        let bytes = whole("bytes", Some(bytes), 0)?;
        let mut state = self.shared.lock();
        state
            .engine
            .set_send_window(connection, bytes)
            .map_err(from_engine)
    }

    /// `Connection.ping`
    #[napi]
    pub fn ping(&self, connection: u32) -> Result<()> {
        self.shared
            .lock()
            .engine
            .ping(connection)
            .map_err(from_engine)
    }

    /// `Connection.sendDatagram`: 0 queued, 1 full, 2 too large, 3 unsupported
    #[napi]
    pub fn send_datagram(&self, connection: u32, data: Uint8ArraySlice<'_>) -> Result<u32> {
        let mut state = self.shared.lock();
        let sent = state
            .engine
            .send_datagram(connection, &data)
            .map_err(from_engine)?;
        Ok(match sent {
            Ok(()) => 0,
            Err(SendDatagramError::Blocked(_)) => 1,
            Err(SendDatagramError::TooLarge) => 2,
            Err(SendDatagramError::UnsupportedByPeer | SendDatagramError::Disabled) => 3,
        })
    }

    /// `Connection.receiveDatagram`
    #[napi]
    pub fn receive_datagram(&self, connection: u32) -> Result<Option<Uint8Array>> {
        let datagram = self.shared.lock().engine.receive_datagram(connection);
        Ok(lost_or(datagram)?
            .flatten()
            .map(|bytes| Uint8Array::new(bytes.to_vec())))
    }

    /// `Connection.maxDatagramSize`
    #[napi]
    pub fn max_datagram_size(&self, connection: u32) -> Result<u32> {
        let size = self.shared.lock().engine.max_datagram_size(connection);
        Ok(lost_or(size)?.unwrap_or(0) as u32)
    }
}
