//! What the JavaScript thread and the I/O thread of an endpoint share.

use std::{
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Instant,
};

use mio::Waker;
use sluice_engine::Endpoint;

pub(crate) struct Shared {
    state: Mutex<State>,
    waker: Waker,
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
}

impl Shared {
    pub(crate) fn new(engine: Endpoint, waker: Waker) -> Self {
        Self {
            state: Mutex::new(State {
                engine,
                announced: false,
                stop_at: None,
            }),
            waker,
            sleeping: AtomicBool::new(false),
            thread: Mutex::new(None),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic leaves no half-made state that is unsafe to use, and closing must go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the I/O thread look for work, if it does not already.
    pub(crate) fn wake(&self) -> io::Result<()> {
        if self.sleeping.swap(false, Ordering::AcqRel) {
            self.waker.wake()?;
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
    }

    /// Closes what is open and ends the thread without staying for anybody.
    pub(crate) fn shut_down(&self) {
        {
            let mut state = self.lock();
            let now = Instant::now();
            // Cannot fail: 0 is a valid code.
            let _ = state.engine.close(now, 0, b"");
            state.stop_at = Some(now);
        }
        // If the thread cannot be woken it cannot be joined either, and the process goes on without it.
        if self.wake().is_ok() {
            self.join();
        }
    }
}
