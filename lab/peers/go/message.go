package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"sluice.invalid/lab/common/lines"
)

const messageProtocol = "/lab/message/1.0.0"

// numberSize is what a message begins with: its number, big-endian. The pattern follows.
const numberSize = 4

// stallsUntilGivingUp is how many messages of a run may stall before the rest is not tried.
const stallsUntilGivingUp = 3

// mailbox counts the messages that arrive, one a stream, nobody answers.
type mailbox struct {
	mu      sync.Mutex
	numbers map[uint32]bool
	repeats int
	faults  map[string]int
}

func newMailbox() *mailbox {
	return &mailbox{numbers: map[uint32]bool{}, faults: map[string]int{}}
}

// serve reads to the end and closes, as a bitswap node does.
func (m *mailbox) serve(s network.Stream) {
	message, err := io.ReadAll(s)
	if err == nil {
		err = checkMessage(message)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.faults[err.Error()]++
		_ = s.Reset()
		return
	}
	if number := binary.BigEndian.Uint32(message); m.numbers[number] {
		m.repeats++
	} else {
		m.numbers[number] = true
	}
	_ = s.Close()
}

// received says how many different messages came whole, and the sum of their numbers.
func (m *mailbox) received() any {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := uint64(0)
	for number := range m.numbers {
		sum += uint64(number)
	}
	return lines.Fields{"messages": len(m.numbers), "sum": sum, "repeats": m.repeats, "faults": m.faults}
}

func checkMessage(message []byte) error {
	if len(message) < numberSize {
		return fmt.Errorf("a message of %d bytes", len(message))
	}
	expected := patternReader{left: len(message) - numberSize}
	for i, got := range message[numberSize:] {
		var want [1]byte
		if _, err := expected.Read(want[:]); err != nil || got != want[0] {
			return fmt.Errorf("byte %d of a message differs", i)
		}
	}
	return nil
}

// sendMessages opens a fresh stream for each message, writes it, closes, and never reads an answer, not even that of
// the negotiation: what bitswap does, and what libp2p/go-libp2p#3038 is about.
func (n *node) sendMessages(ctx context.Context, count, width, size, patience int) (any, error) {
	var (
		wait     sync.WaitGroup
		mu       sync.Mutex
		sent     int
		stalls   int
		slowest  time.Duration
		failures = map[string]int{}
		slots    = make(chan struct{}, max(width, 1))
	)
	body, err := io.ReadAll(pattern(size))
	if err != nil {
		return nil, err
	}
	start := time.Now()
	for number := range count {
		slots <- struct{}{}
		mu.Lock()
		hopeless := stalls >= stallsUntilGivingUp
		mu.Unlock()
		if hopeless || ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-slots }()
			began := time.Now()
			ctx, cancel := context.WithTimeout(ctx, time.Duration(patience)*time.Millisecond)
			defer cancel()
			err := n.sendMessage(ctx, uint32(number), body)
			mu.Lock()
			defer mu.Unlock()
			slowest = max(slowest, time.Since(began))
			if err == nil {
				sent++
				return
			}
			failures[err.Error()]++
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				stalls++
			}
		})
	}
	wait.Wait()
	return lines.Fields{
		"asked": count, "sent": sent, "stalls": stalls, "failures": failures,
		"slowest": float64(slowest.Microseconds()) / 1000, "milliseconds": milliseconds(start),
	}, nil
}

func (n *node) sendMessage(ctx context.Context, number uint32, body []byte) error {
	s, err := n.open(ctx, messageProtocol)
	if err != nil {
		return err
	}
	if _, err := s.Write(append(binary.BigEndian.AppendUint32(nil, number), body...)); err != nil {
		_ = s.Reset()
		return err
	}
	return s.Close()
}
