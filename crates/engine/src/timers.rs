use std::{collections::BTreeSet, time::Instant};

/// When which connection wants to be woken: at most one entry a connection.
///
/// Deadlines mostly move later (each packet moves the idle timer), so an entry is not moved with them: it fires early,
/// and the connection then says when it really wants to be woken.
#[derive(Default)]
pub(crate) struct Timers {
    entries: BTreeSet<(Instant, u32)>,
}

impl Timers {
    /// Wakes `connection` at `deadline` at the latest. `scheduled` is the connection's own note of its entry.
    pub(crate) fn schedule(
        &mut self,
        connection: u32,
        deadline: Option<Instant>,
        scheduled: &mut Option<Instant>,
    ) {
        let Some(deadline) = deadline else { return };
        if scheduled.is_some_and(|at| at <= deadline) {
            return;
        }
        self.cancel(connection, scheduled);
        *scheduled = Some(deadline);
        self.entries.insert((deadline, connection));
    }

    /// Takes the entry of a connection away.
    pub(crate) fn cancel(&mut self, connection: u32, scheduled: &mut Option<Instant>) {
        if let Some(at) = scheduled.take() {
            self.entries.remove(&(at, connection));
        }
    }

    /// The earliest entry.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.entries.first().map(|(at, _)| *at)
    }

    /// Takes the earliest entry if it is due.
    pub(crate) fn expired(&mut self, now: Instant) -> Option<u32> {
        let (at, _) = self.entries.first()?;
        if *at > now {
            return None;
        }
        self.entries.pop_first().map(|(_, connection)| connection)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_connection_is_woken_once_and_at_its_earliest_deadline() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut timers = Timers::default();
        let mut scheduled = None;
        for deadline in [30, 10, 20] {
            timers.schedule(1, Some(at(deadline)), &mut scheduled);
        }
        assert_eq!(timers.next(), Some(at(10)));
        assert_eq!(timers.expired(at(9)), None);
        assert_eq!(timers.expired(at(10)), Some(1));
        assert_eq!(timers.expired(at(1_000)), None);
    }

    #[test]
    fn a_cancelled_entry_never_fires() {
        let start = Instant::now();
        let mut timers = Timers::default();
        let mut scheduled = None;
        timers.schedule(1, Some(start), &mut scheduled);
        timers.cancel(1, &mut scheduled);
        assert_eq!(timers.expired(start), None);
    }
}
