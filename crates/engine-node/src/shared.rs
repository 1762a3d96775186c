//! What the JavaScript thread and the I/O thread of an endpoint share.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use mio::Waker;
use sluice_engine::{Endpoint, EngineError, Outbox};

use crate::socket::Socket;

/// The longest that a closed endpoint stays for peers that did not get its CONNECTION_CLOSE.
const MAX_LINGER: Duration = Duration::from_millis(250);

/// Packets that a call sends itself; more are left to the I/O thread, which runs beside JavaScript.
const PACKETS_A_CALL: usize = 8;

pub(crate) struct Shared {
    state: Mutex<State>,
    /// The time that JavaScript has set; absent where the machine's counts.
    virtual_clock: Option<VirtualClock>,
    /// Taken away with the thread: it holds a file descriptor, and JavaScript may keep the rest for long.
    waker: Mutex<Option<Waker>>,
    /// The I/O thread waits, or is about to: whoever makes work for it has to wake it. Set only while the lock is
    /// held and no work is left, so no work can slip in between.
    sleeping: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

pub(crate) struct State {
    pub(crate) engine: Endpoint,
    /// JavaScript was told that events wait, and has not fetched them.
    pub(crate) announced: bool,
    /// The thread ends at this time, when all is sent.
    pub(crate) stop_at: Option<Instant>,
    /// For what calls send. Taken away with the thread, as the waker is.
    pub(crate) socket: Option<Arc<Socket>>,
    /// Set while the thread sleeps and has sent all there was.
    pub(crate) sleep: Option<Sleep>,
    /// What a call made and the socket did not take: the thread sends it before anything else.
    pub(crate) unsent: Outbox,
}

/// Time that moves only when it is told to.
struct VirtualClock {
    start: Instant,
    micros: AtomicU64,
}

#[derive(Clone, Copy)]
pub(crate) struct Sleep {
    /// When the thread wakes by itself.
    pub(crate) until: Option<Instant>,
}

impl Shared {
    pub(crate) fn new(engine: Endpoint, socket: Arc<Socket>, waker: Waker) -> Self {
        Self::of(engine, Some(socket), Some(waker), None)
    }

    /// Of an endpoint with neither thread nor socket.
    pub(crate) fn in_virtual_time(engine: Endpoint) -> Self {
        let clock = VirtualClock {
            start: Instant::now(),
            micros: AtomicU64::new(0),
        };
        Self::of(engine, None, None, Some(clock))
    }

    fn of(
        engine: Endpoint,
        socket: Option<Arc<Socket>>,
        waker: Option<Waker>,
        virtual_clock: Option<VirtualClock>,
    ) -> Self {
        Self {
            state: Mutex::new(State {
                engine,
                announced: false,
                stop_at: None,
                sleep: None,
                unsent: Outbox::default(),
                socket,
            }),
            virtual_clock,
            waker: Mutex::new(waker),
            sleeping: AtomicBool::new(false),
            thread: Mutex::new(None),
        }
    }

    /// What time it is for this endpoint.
    pub(crate) fn now(&self) -> Instant {
        match &self.virtual_clock {
            Some(clock) => {
                clock.start + Duration::from_micros(clock.micros.load(Ordering::Relaxed))
            }
            None => Instant::now(),
        }
    }

    /// Sets the virtual time, in microseconds since the endpoint was made; it never goes back.
    pub(crate) fn set_now(&self, micros: u64) {
        if let Some(clock) = &self.virtual_clock {
            clock.micros.fetch_max(micros, Ordering::Relaxed);
        }
    }

    /// When something is in virtual time, rounded up to the next microsecond.
    pub(crate) fn virtual_micros(&self, at: Instant) -> Option<u64> {
        let clock = self.virtual_clock.as_ref()?;
        let nanos = at.saturating_duration_since(clock.start).as_nanos();
        u64::try_from(nanos.div_ceil(1_000)).ok()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic leaves no half-made state that is unsafe to use, and closing must go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what calls have asked for. A thread that sleeps is not woken for a few packets: waking it costs more than
    /// sending them. They are made and sent under the lock, so none of the thread's can come in between, and the
    /// thread is woken after all when something is left to do or when it would sleep past a timer.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut guard = self.lock();
        let state = &mut *guard;
        if let (Some(sleep), Some(socket)) = (state.sleep, &state.socket)
            && state.unsent.packets.is_empty()
        {
            let (now, segments) = (self.now(), socket.segments());
            state
                .engine
                .flush(now, segments, PACKETS_A_CALL, &mut state.unsent);
            let sent = socket.send_all(&mut state.unsent);
            let overslept = match (state.engine.next_timeout(), sleep.until) {
                (Some(timer), Some(until)) => timer < until,
                (timer, until) => timer.is_some() && until.is_none(),
            };
            let told = state.announced || !state.engine.has_events();
            if sent && told && !overslept && !state.engine.wants_flush() {
                return Ok(());
            }
        }
        drop(guard);
        self.wake()
    }

    /// Makes the I/O thread look for work, if it does not already.
    pub(crate) fn wake(&self) -> io::Result<()> {
        if self.sleeping.swap(false, Ordering::AcqRel) {
            let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(waker) = &*waker {
                waker.wake()?;
            }
        }
        Ok(())
    }

    pub(crate) fn set_sleeping(&self, sleeping: bool) {
        self.sleeping.store(sleeping, Ordering::Release);
    }

    pub(crate) fn set_thread(&self, handle: JoinHandle<()>) {
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
    }

    /// Waits for the I/O thread to end; it must have been told to.
    pub(crate) fn join(&self) {
        let handle = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(handle) = handle {
            // A panic of the thread was reported when it happened.
            let _ = handle.join();
        }
        self.waker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut state = self.lock();
        state.socket = None;
        state.engine.release();
    }

    /// Closes what is open, and lets the thread end when the peers have had time to hear of it.
    pub(crate) fn close(&self, code: u64, reason: &[u8]) -> Result<(), EngineError> {
        let mut state = self.lock();
        let now = self.now();
        let linger = state.engine.close(now, code, reason)?;
        state.stop_at.get_or_insert(now + linger.min(MAX_LINGER));
        Ok(())
    }

    /// Closes and waits for the end of the thread: a matter of milliseconds, `MAX_LINGER` at most.
    pub(crate) fn shut_down(&self) {
        // Cannot fail, 0 is a valid code. If the thread cannot be woken it cannot be joined either, and the process
        // goes on without it.
        if self.close(0, b"").is_ok() && self.wake().is_ok() {
            self.join();
        }
    }
}
