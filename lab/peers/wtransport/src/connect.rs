//! How the session comes about.

use std::time::Duration;

use serde_json::json;
use wtransport::tls::{Sha256Digest, Sha256DigestFmt};
use wtransport::{ClientConfig, Connection, Endpoint, Identity, ServerConfig};

use crate::{Failure, report};

const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// Listens on loopback with a new self-signed certificate and takes the first session.
pub async fn serve() -> Result<Connection, Failure> {
    let identity = Identity::self_signed(["localhost", "127.0.0.1"])?;
    let hash = identity.certificate_chain().as_slice()[0].hash();
    let config = ServerConfig::builder()
        .with_bind_address("127.0.0.1:0".parse()?)
        .with_identity(identity)
        .keep_alive_interval(Some(KEEP_ALIVE))
        .build();
    let endpoint = Endpoint::server(config)?;
    report(json!({
        "event": "listening",
        "port": endpoint.local_addr()?.port(),
        "certificateHash": hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    }));
    Ok(endpoint.accept().await.await?.accept().await?)
}

/// Dials with the certificate's hash (hexadecimal) alone.
pub async fn dial(url: &str, hash: &str) -> Result<Connection, Failure> {
    let dotted: Vec<&str> = hash
        .as_bytes()
        .chunks(2)
        .map(std::str::from_utf8)
        .collect::<Result<_, _>>()?;
    let digest = Sha256Digest::from_str_fmt(dotted.join(":"), Sha256DigestFmt::DottedHex)?;
    let config = ClientConfig::builder()
        .with_bind_address("127.0.0.1:0".parse()?)
        .with_server_certificate_hashes([digest])
        .keep_alive_interval(Some(KEEP_ALIVE))
        .build();
    Ok(Endpoint::client(config)?.connect(url).await?)
}
