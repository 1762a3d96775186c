//! An endpoint as JavaScript holds it.

use std::{
    cell::Cell,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use mio::{Interest, Poll, Waker};
use napi::{
    CleanupEnvHook, Env, bindgen_prelude::Function, threadsafe_function::ThreadsafeFunctionCallMode,
};
use napi_derive::napi;

use sluice_engine::{Endpoint, EndpointOptions, TransportOptions};

use crate::{
    error::{CodedError, Result, from_bind, from_engine},
    io_thread::{IoThread, SOCKET, WAKER},
    options::{self, NativeConnectOptions, NativeEndpointOptions, NativeIdentity, whole},
    shared::Shared,
    slots,
    socket::{self, Receiver, Socket},
};

/// An endpoint with its thread, which ends by `close` or `shutDown`, or when the environment does; or one that a
/// `NativeVirtualLoop` works for.
#[napi]
pub struct NativeEndpoint {
    pub(crate) shared: Arc<Shared>,
    slot: u32,
    address: SocketAddr,
    transport: TransportOptions,
    teardown: Teardown,
    hook: Cell<Option<CleanupEnvHook<Teardown>>>,
}

/// What the environment's cleanup hook shuts down. Emptied when the endpoint is closed: napi-rs never frees the data
/// of a hook that was removed, so that data has to be small.
type Teardown = Arc<Mutex<Option<Arc<Shared>>>>;

/// `SocketAddress`
#[napi(object)]
pub struct NativeAddress {
    /// IP literal
    pub host: String,
    /// UDP port
    pub port: u32,
}

impl From<SocketAddr> for NativeAddress {
    fn from(address: SocketAddr) -> Self {
        Self {
            // An IPv4 peer of a dual-stack socket is an IPv4 peer.
            host: address.ip().to_canonical().to_string(),
            port: u32::from(address.port()),
        }
    }
}

#[napi]
impl NativeEndpoint {
    /// `Engine.bind`. `announce` is called, with nothing, when events wait to be drained.
    #[napi(factory)]
    pub fn bind(
        env: &Env,
        options: NativeEndpointOptions,
        announce: Function<'_, (), ()>,
    ) -> Result<Self> {
        let wanted = options::address(options.host.as_deref(), options.port.unwrap_or(0.0))?;
        let transport = options
            .transport
            .unwrap_or_default()
            .build(TransportOptions::default())?;
        let server = match options.server {
            Some(server) => Some(server.build()?),
            None => None,
        };
        let mut socket =
            Socket::bind(wanted).map_err(|error| from_bind(&error, &wanted.to_string()))?;
        let engine = Endpoint::new(EndpointOptions {
            server,
            transport: transport.clone(),
            key_log: options.key_log,
            discover_mtu: !socket.may_fragment(),
            replay: None,
        })
        .map_err(from_engine)?;
        let address = socket.address();
        let failed = |error: &dyn std::fmt::Display| {
            CodedError::new("ERR_ADDRESS_NOT_AVAILABLE", error.to_string())
        };
        let poll = Poll::new().map_err(|error| failed(&error))?;
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry()
            .register(&mut socket.io, SOCKET, both)
            .map_err(|error| failed(&error))?;
        let socket = Arc::new(socket);
        let waker = Waker::new(poll.registry(), WAKER).map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared::new(engine, socket.clone(), waker));
        // Weak: what keeps the process alive is decided in TypeScript.
        let callback = announce
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build()
            .map_err(|error| failed(&error))?;
        // Registered after the function, so it runs before the function is torn down: the thread is then gone.
        let teardown = Teardown::new(Mutex::new(Some(shared.clone())));
        let hook = env
            .add_env_cleanup_hook(teardown.clone(), |teardown| {
                if let Some(shared) = take(&teardown) {
                    shared.shut_down();
                }
            })
            .map_err(|error| failed(&error))?;
        let io_thread = IoThread {
            poll,
            receiver: Receiver::new(socket),
            shared: shared.clone(),
            announce: Box::new(move || {
                // Fails only when the environment is going away, and then nobody listens.
                let _ = callback.call((), ThreadsafeFunctionCallMode::NonBlocking);
            }),
        };
        let handle = thread::Builder::new()
            .name(format!("sluice-quic-{}", address.port()))
            .spawn(move || io_thread.run())
            .map_err(|error| failed(&error))?;
        shared.set_thread(handle);
        Ok(Self {
            slot: slots::take(shared.clone()),
            shared,
            address,
            transport,
            teardown,
            hook: Cell::new(Some(hook)),
        })
    }

    /// `Endpoint.address`
    #[napi]
    pub fn address(&self) -> NativeAddress {
        self.address.into()
    }

    /// The endpoint's number for hot calls.
    #[napi]
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// `Endpoint.close`; the event that the endpoint stopped follows.
    #[napi]
    pub fn close(&self, code: f64, reason: String) -> Result<()> {
        let code = whole("code", Some(code), 0)?;
        self.shared
            .close(code, reason.as_bytes())
            .map_err(from_engine)?;
        // The thread itself has to know that it is to stop.
        self.shared
            .wake()
            .map_err(|error| CodedError::new("ERR_ENDPOINT_CLOSED", error.to_string()))
    }

    /// Waits for the thread, after the event that the endpoint stopped.
    #[napi]
    pub fn join(&self, env: &Env) {
        self.shared.join();
        slots::free(self.slot);
        take(&self.teardown);
        if let Some(hook) = self.hook.take() {
            // Fails only when the environment is going away, and then the hook finds nothing to do.
            let _ = env.remove_env_cleanup_hook(hook);
        }
    }

    /// Closes and ends the thread before it returns: the process is about to exit.
    #[napi]
    pub fn shut_down(&self) {
        self.shared.shut_down();
    }

    /// `Endpoint.connect`; number of the connection
    #[napi]
    pub fn connect(&self, options: NativeConnectOptions) -> Result<u32> {
        let wanted = options::address(Some(&options.host), options.port)?;
        let remote = socket::for_socket(wanted, self.address).ok_or_else(|| {
            options::invalid_family(&wanted.to_string(), &self.address.to_string())
        })?;
        let request = options.build(remote, &self.transport)?;
        let mut state = self.shared.lock();
        state
            .engine
            .connect(request, self.shared.now())
            .map_err(from_engine)
    }

    /// `Endpoint.setCertificate`
    #[napi]
    pub fn set_certificate(&self, identity: NativeIdentity) -> Result<()> {
        let mut state = self.shared.lock();
        state
            .engine
            .set_identity(identity.into())
            .map_err(from_engine)
    }
}

impl NativeEndpoint {
    /// One that has no thread to be ended.
    pub(crate) fn without_thread(
        shared: Arc<Shared>,
        address: SocketAddr,
        transport: TransportOptions,
    ) -> Self {
        Self {
            slot: slots::take(shared.clone()),
            shared,
            address,
            transport,
            teardown: Teardown::default(),
            hook: Cell::new(None),
        }
    }
}

fn take(teardown: &Teardown) -> Option<Arc<Shared>> {
    teardown
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

impl Drop for NativeEndpoint {
    fn drop(&mut self) {
        slots::free(self.slot);
        self.shared.shut_down();
    }
}
