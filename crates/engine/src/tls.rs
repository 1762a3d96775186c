//! rustls with ring, TLS 1.3 only, no resumption and no early data: each connection shows and checks a certificate.

use std::sync::Arc;

use quinn_proto::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, KeyLog, OtherError,
    RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    version::TLS13,
};

use crate::{EngineError, Identity, Verification, certificate, key_log::KeyLogLines};

/// W3C WebTransport, custom certificate requirements: the validity period is at most two weeks.
const MAX_VALIDITY_SECONDS: i64 = 14 * 24 * 60 * 60;

pub(crate) fn server_config(
    identity: &Identity,
    alpn: &[Vec<u8>],
    key_log: Option<Arc<KeyLogLines>>,
) -> Result<Arc<QuicServerConfig>, EngineError> {
    let invalid =
        |error: &dyn std::fmt::Display| EngineError::InvalidCertificate(error.to_string());
    let certificate = CertificateDer::from(identity.certificate.clone());
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.private_key.clone()));
    let mut config =
        rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| invalid(&error))?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(|error| invalid(&error))?;
    config.alpn_protocols = alpn.to_vec();
    config.max_early_data_size = 0;
    config.send_tls13_tickets = 0;
    if let Some(lines) = key_log {
        config.key_log = lines;
    }
    let config = QuicServerConfig::try_from(config).map_err(|error| invalid(&error))?;
    Ok(Arc::new(config))
}

pub(crate) fn client_config(
    verification: &Verification,
    alpn: &[Vec<u8>],
    key_log: Option<Arc<KeyLogLines>>,
) -> Result<Arc<QuicClientConfig>, EngineError> {
    let invalid = |error: &dyn std::fmt::Display| EngineError::InvalidOption(error.to_string());
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match verification {
        Verification::CertificateHashes(hashes) => {
            Arc::new(HashVerifier::new(hashes, provider.clone())?)
        }
        Verification::Roots(roots) => root_verifier(roots, provider.clone())?,
    };
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| invalid(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = alpn.to_vec();
    config.resumption = Resumption::disabled();
    if let Some(lines) = key_log {
        config.key_log = lines as Arc<dyn KeyLog>;
    }
    let config = QuicClientConfig::try_from(config).map_err(|error| invalid(&error))?;
    Ok(Arc::new(config))
}

fn root_verifier(
    roots: &[Vec<u8>],
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, EngineError> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store
            .add(CertificateDer::from(root.clone()))
            .map_err(|error| {
                EngineError::InvalidOption(format!("verify.roots holds no certificate: {error}"))
            })?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
        .build()
        .map_err(|error| EngineError::InvalidOption(format!("verify.roots: {error}")))
}

/// Accepts a server by the SHA-256 of its certificate, and then only within the custom certificate requirements of
/// W3C WebTransport. The server's name plays no part.
#[derive(Debug)]
struct HashVerifier {
    hashes: Vec<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl HashVerifier {
    fn new(hashes: &[Vec<u8>], provider: Arc<CryptoProvider>) -> Result<Self, EngineError> {
        let hashes = hashes
            .iter()
            .map(|hash| <[u8; 32]>::try_from(hash.as_slice()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| EngineError::InvalidOption("a SHA-256 hash has 32 bytes".into()))?;
        if hashes.is_empty() {
            let why = "verify.certificateHashes is empty: no server could be accepted";
            return Err(EngineError::InvalidOption(why.into()));
        }
        Ok(Self { hashes, provider })
    }
}

impl ServerCertVerifier for HashVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let digest = ::ring::digest::digest(&::ring::digest::SHA256, certificate);
        if !self.hashes.iter().any(|hash| hash == digest.as_ref()) {
            return Err(refused(
                "the hash of the server's certificate is not expected",
            ));
        }
        let facts = certificate::read(certificate).ok_or(CertificateError::BadEncoding)?;
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < facts.not_before {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > facts.not_after {
            return Err(CertificateError::Expired.into());
        }
        if facts.not_after - facts.not_before > MAX_VALIDITY_SECONDS {
            return Err(refused("the certificate is valid for more than 14 days"));
        }
        if facts.rsa {
            return Err(refused("the certificate has an RSA key"));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // QUIC requires TLS 1.3 (RFC 9001, 4.2).
        Err(refused("TLS 1.2 is not offered"))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        None
    }
}

/// Ends the handshake with the alert certificate_unknown (46), as browsers do.
fn refused(why: &'static str) -> Error {
    #[derive(Debug)]
    struct Refusal(&'static str);
    impl std::fmt::Display for Refusal {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl std::error::Error for Refusal {}
    CertificateError::Other(OtherError(Arc::new(Refusal(why)))).into()
}
