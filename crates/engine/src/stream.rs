//! The calls about one stream: `Stream` of the seam. What they return is made to cross to TypeScript as one number.

use quinn_proto::{Dir, FinishError, ReadError, ReadableError, Side, StreamId, VarInt, WriteError};

use crate::{EngineError, connection::Connection, options::varint};

/// `Opener` of the seam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// This end
    Us,
    /// The peer
    Them,
}

/// What `Stream.read` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOutcome {
    /// So many bytes, and there may be more
    Data(usize),
    /// So many bytes (perhaps none), and nothing more now: an event follows
    Drained(usize),
    /// So many bytes (perhaps none), and then the end of the stream
    Ended(usize),
    /// The peer reset the stream with this code
    Reset(u64),
    /// The half was stopped by us, or is gone
    Stopped,
}

/// What `Stream.write` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Took so many bytes; less than given: an event follows
    Taken(usize),
    /// The half takes nothing any more: stopped by the peer, reset or finished
    Ended,
}

impl Connection {
    /// `Stream.read`: fills `buffer` with the next bytes in order.
    pub(crate) fn read(
        &mut self,
        stream: u64,
        buffer: &mut [u8],
    ) -> Result<ReadOutcome, EngineError> {
        let id = self.receiving(stream)?;
        if let Some(code) = self.resets_behind_data.remove(&stream) {
            return Ok(ReadOutcome::Reset(code));
        }
        let mut receive = self.inner.recv_stream(id);
        let mut chunks = match receive.read(true) {
            Ok(chunks) => chunks,
            // Reads are always ordered here, so the other error cannot be.
            Err(ReadableError::ClosedStream | ReadableError::IllegalOrderedRead) => {
                return Ok(ReadOutcome::Stopped);
            }
        };
        let mut filled = 0;
        let outcome = loop {
            if filled == buffer.len() {
                break ReadOutcome::Data(filled);
            }
            match chunks.next(buffer.len() - filled) {
                Ok(Some(chunk)) => {
                    let end = filled + chunk.bytes.len();
                    buffer[filled..end].copy_from_slice(&chunk.bytes);
                    filled = end;
                }
                Ok(None) => break ReadOutcome::Ended(filled),
                Err(ReadError::Blocked) => break ReadOutcome::Drained(filled),
                Err(ReadError::Reset(code)) if filled == 0 => {
                    break ReadOutcome::Reset(code.into_inner());
                }
                Err(ReadError::Reset(code)) => {
                    self.resets_behind_data.insert(stream, code.into_inner());
                    break ReadOutcome::Data(filled);
                }
            }
        };
        // Frames that give credit back wait in the connection; it is flushed in any case.
        let _ = chunks.finalize();
        if !matches!(outcome, ReadOutcome::Data(_)) {
            self.readable.remove(&stream);
        }
        Ok(outcome)
    }

    /// `Stream.write`
    pub(crate) fn write(&mut self, stream: u64, data: &[u8]) -> Result<WriteOutcome, EngineError> {
        let id = self.sending(stream)?;
        let mut taken = 0;
        while taken < data.len() {
            match self.inner.send_stream(id).write(&data[taken..]) {
                Ok(count) => taken += count,
                Err(WriteError::Blocked) => break,
                Err(WriteError::Stopped(_) | WriteError::ClosedStream) => {
                    return Ok(WriteOutcome::Ended);
                }
            }
        }
        Ok(WriteOutcome::Taken(taken))
    }

    /// `Stream.finish`
    pub(crate) fn finish(&mut self, stream: u64) -> Result<(), EngineError> {
        let id = self.sending(stream)?;
        match self.inner.send_stream(id).finish() {
            // Stopped: the owner answers with a reset (RFC 9000, 3.5), and a FIN would be ignored.
            Ok(()) | Err(FinishError::Stopped(_)) => Ok(()),
            Err(FinishError::ClosedStream) => Err(EngineError::StreamState(
                "the sending half has already been finished or reset",
            )),
        }
    }

    /// `Stream.reset`; a half that has already ended is left alone. With `reliable_size` the peer still gets so many
    /// bytes, if it offers that (draft-ietf-quic-reliable-stream-reset).
    pub(crate) fn reset(
        &mut self,
        stream: u64,
        code: u64,
        reliable_size: Option<u64>,
    ) -> Result<(), EngineError> {
        let code = varint("code", code)?;
        let id = self.sending(stream)?;
        let mut send = self.inner.send_stream(id);
        // Closed: finished and acknowledged, or reset before; nothing is left to abandon.
        let _ = match reliable_size {
            Some(size) => send.reset_at(code, size),
            None => send.reset(code),
        };
        Ok(())
    }

    /// `Stream.stopSending`; a half that has already ended is left alone.
    pub(crate) fn stop_sending(&mut self, stream: u64, code: u64) -> Result<(), EngineError> {
        let code = varint("code", code)?;
        let id = self.receiving(stream)?;
        let _ = self.inner.recv_stream(id).stop(code);
        self.readable.remove(&stream);
        self.resets_behind_data.remove(&stream);
        Ok(())
    }

    /// `Stream.setPriority`
    pub(crate) fn set_priority(&mut self, stream: u64, priority: i32) -> Result<(), EngineError> {
        let id = self.sending(stream)?;
        let _ = self.inner.send_stream(id).set_priority(priority);
        Ok(())
    }

    /// Bytes acknowledged: `Stream.stats`. `None` once the half is gone.
    pub(crate) fn acknowledged(&mut self, stream: u64) -> Result<Option<u64>, EngineError> {
        let id = self.sending(stream)?;
        let counts = self.inner.send_stream(id).counts();
        Ok(counts.ok().map(|counts| counts.acked))
    }

    /// The code of a STOP_SENDING that came before the stream was accepted.
    pub(crate) fn stopped_early(&mut self, id: StreamId) -> Option<u64> {
        let stopped = self.inner.send_stream(id).stopped();
        stopped.ok().flatten().map(VarInt::into_inner)
    }

    fn receiving(&self, stream: u64) -> Result<StreamId, EngineError> {
        let id = stream_id(stream)?;
        if id.dir() == Dir::Uni && id.initiator() == self.side() {
            return Err(EngineError::StreamState(
                "this end opened the unidirectional stream: it cannot receive",
            ));
        }
        Ok(id)
    }

    fn sending(&self, stream: u64) -> Result<StreamId, EngineError> {
        let id = stream_id(stream)?;
        if id.dir() == Dir::Uni && id.initiator() != self.side() {
            return Err(EngineError::StreamState(
                "the peer opened the unidirectional stream: it cannot send",
            ));
        }
        Ok(id)
    }

    fn side(&self) -> Side {
        self.inner.side()
    }
}

fn stream_id(stream: u64) -> Result<StreamId, EngineError> {
    varint("stream", stream).map(StreamId::from)
}
