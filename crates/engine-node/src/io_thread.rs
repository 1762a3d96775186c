//! The loop of an endpoint's thread: receive without the lock, work with it, send without it.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use mio::{Events, Poll, Token};
use sluice_engine::Outbox;

use crate::{
    shared::{Shared, Sleep},
    socket::{Received, Receiver, keeps_ready},
};

pub(crate) const SOCKET: Token = Token(0);
pub(crate) const WAKER: Token = Token(1);

/// An endpoint that was told to stop and cannot send gives up after this.
const STOP_GRACE: Duration = Duration::from_millis(200);

/// Packets that are made before the lock is given up, so that JavaScript does not wait for long.
const PACKETS_A_ROUND: usize = 64;

/// Batches of datagrams that are received before the lock is taken.
const BATCHES_A_ROUND: usize = 2;

pub(crate) struct IoThread {
    pub(crate) poll: Poll,
    pub(crate) receiver: Receiver,
    pub(crate) shared: Arc<Shared>,
    /// Tells JavaScript that events wait.
    pub(crate) announce: Box<dyn Fn() + Send>,
}

impl IoThread {
    /// Runs until the endpoint is stopped; whatever happens, JavaScript hears of the end.
    pub(crate) fn run(mut self) {
        let ended = catch_unwind(AssertUnwindSafe(|| self.run_loop()));
        let failed = !matches!(ended, Ok(Ok(())));
        {
            let mut state = self.shared.lock();
            if failed {
                state.engine.fail();
            }
            state.engine.stopped();
            state.announced = true;
        }
        (self.announce)();
    }

    fn run_loop(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(8);
        let mut received: Vec<Received> = Vec::new();
        let mut out = Outbox::default();
        // Readiness comes once (edge-triggered), so it is kept until the socket says that it would block.
        let (mut readable, mut writable) = (true, true);
        let mut more = true;
        loop {
            let timeout = self.timeout(more || (readable && writable), out.packets.is_empty());
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            self.shared.set_sleeping(false);
            for event in &events {
                if event.token() == SOCKET {
                    readable |= event.is_readable();
                    writable |= event.is_writable();
                }
            }
            for _ in 0..BATCHES_A_ROUND {
                if readable {
                    readable = keeps_ready(self.receiver.receive(&mut received));
                }
            }
            let (stopping, announce) = self.work(&mut received, &mut out, writable, &mut more);
            if announce {
                (self.announce)();
            }
            if writable {
                writable = self.receiver.socket.send_all(&mut out);
            }
            if let Some(stop_at) = stopping {
                let now = Instant::now();
                let done = out.packets.is_empty() && !more && now >= stop_at;
                if done || now >= stop_at + STOP_GRACE {
                    return Ok(());
                }
            }
        }
    }

    /// How long to wait; takes the lock only when there is no other reason to go on at once.
    fn timeout(&self, at_once: bool, all_sent: bool) -> Option<Duration> {
        if at_once {
            return Some(Duration::ZERO);
        }
        let mut state = self.shared.lock();
        if state.engine.wants_flush() || (state.engine.has_events() && !state.announced) {
            return Some(Duration::ZERO);
        }
        self.shared.set_sleeping(true);
        let now = Instant::now();
        let stop_at = state
            .stop_at
            .map(|at| if at > now { at } else { at + STOP_GRACE });
        let deadline = match (state.engine.next_timeout(), stop_at) {
            (Some(timer), Some(stop)) => Some(timer.min(stop)),
            (timer, stop) => timer.or(stop),
        };
        state.sleep = all_sent.then_some(Sleep { until: deadline });
        drop(state);
        deadline.map(|deadline| deadline.saturating_duration_since(now))
    }

    /// One turn with the lock: when to stop, and whether JavaScript has to be told of events.
    fn work(
        &self,
        received: &mut Vec<Received>,
        out: &mut Outbox,
        writable: bool,
        more: &mut bool,
    ) -> (Option<Instant>, bool) {
        let mut state = self.shared.lock();
        let now = Instant::now();
        state.sleep = None;
        out.packets.append(&mut state.unsent.packets);
        for Received {
            remote,
            local,
            ecn,
            stride,
            mut data,
        } in received.drain(..)
        {
            while !data.is_empty() {
                let datagram = data.split_to(stride.clamp(1, data.len()));
                state
                    .engine
                    .handle_datagram(now, remote, local, ecn, datagram, out);
            }
        }
        state.engine.handle_timeouts(now);
        // While the socket takes nothing, packets are better made later.
        if writable {
            let segments = self.receiver.socket.segments();
            state.engine.flush(now, segments, PACKETS_A_ROUND, out);
        }
        *more = writable && state.engine.wants_flush();
        let announce = state.engine.has_events() && !state.announced;
        state.announced |= announce;
        (state.stop_at, announce)
    }
}
