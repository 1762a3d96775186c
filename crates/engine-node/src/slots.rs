//! Endpoints of a JavaScript thread by number, for calls that get nothing but numbers.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::shared::Shared;

/// Never used again: a call that comes late, for an endpoint that is gone, must not reach another.
static NEXT_SLOT: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static SLOTS: RefCell<BTreeMap<u32, Arc<Shared>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Gives an endpoint a number.
pub(crate) fn take(shared: Arc<Shared>) -> u32 {
    let slot = NEXT_SLOT.fetch_add(1, Ordering::Relaxed);
    SLOTS.with_borrow_mut(|slots| slots.insert(slot, shared));
    slot
}

/// Forgets the endpoint that has the number.
pub(crate) fn free(slot: u32) {
    SLOTS.with_borrow_mut(|slots| slots.remove(&slot));
}

/// Calls `action` with the endpoint that has the number.
pub(crate) fn with<T>(slot: u32, action: impl FnOnce(&Shared) -> T) -> Option<T> {
    SLOTS.with_borrow(|slots| slots.get(&slot).map(|shared| action(shared)))
}
