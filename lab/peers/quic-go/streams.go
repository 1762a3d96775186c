package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/quic-go/quic-go"

	"sluice.invalid/lab/common/lines"
)

// resetOptions say what streams to send: a header of four bytes (the reliable size, big-endian, header included), then
// the pattern up to the reliable size, then Unreliable bytes more, then the reset at the reliable size with Code.
type resetOptions struct {
	Count      int    `json:"count"`
	Width      int    `json:"width"`
	Reliable   int    `json:"reliable"`
	Unreliable int    `json:"unreliable"`
	Code       uint64 `json:"code"`
}

const headerSize = 4

// tally counts the streams that the other end opened and that have ended.
type tally struct {
	// Streams that have ended in any way.
	Streams int `json:"streams"`
	// Intact ones brought the whole reliable part unharmed and then a reset.
	Intact int `json:"intact"`
	// Codes says how often which code came with the reset.
	Codes map[string]int `json:"codes"`
	// Beyond counts the bytes delivered after the reliable part, which is allowed.
	Beyond int `json:"beyond"`
	// Faults are the first few streams that were not intact.
	Faults []string `json:"faults"`
}

func (p *peer) resetStreams(ctx context.Context, o resetOptions) (any, error) {
	conn, err := p.connection(ctx)
	if err != nil {
		return nil, err
	}
	message := make([]byte, o.Reliable+o.Unreliable)
	binary.BigEndian.PutUint32(message, uint32(o.Reliable))
	for i := headerSize; i < len(message); i++ {
		message[i] = byte(i % 251)
	}
	var (
		wait  sync.WaitGroup
		slots = make(chan struct{}, max(o.Width, 1))
		fails = make(chan error, o.Count)
	)
	for range o.Count {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := resetStream(ctx, conn, message, o); err != nil {
				fails <- err
			}
		})
	}
	wait.Wait()
	if len(fails) > 0 {
		return nil, fmt.Errorf("%d of %d streams: %w", len(fails), o.Count, <-fails)
	}
	return lines.Fields{"sent": o.Count}, nil
}

func resetStream(ctx context.Context, conn *quic.Conn, message []byte, o resetOptions) error {
	s, err := conn.OpenStreamSync(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Write(message[:o.Reliable]); err != nil {
		return err
	}
	s.SetReliableBoundary()
	if _, err := s.Write(message[o.Reliable:]); err != nil {
		return err
	}
	s.CancelWrite(quic.StreamErrorCode(o.Code))
	// The other end answers with a FIN; both halves must end for the credit to come back.
	_, err = io.Copy(io.Discard, s)
	return err
}

func (p *peer) acceptStreams(conn *quic.Conn) {
	for {
		s, err := conn.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go p.receive(s)
	}
}

func (p *peer) receive(s *quic.Stream) {
	data, err := io.ReadAll(s)
	_ = s.Close()
	var reset *quic.StreamError
	fault := ""
	switch {
	case !errors.As(err, &reset) || !reset.Remote:
		fault = fmt.Sprintf("stream %d ended with %v after %d bytes", s.StreamID(), err, len(data))
	case len(data) < headerSize:
		fault = fmt.Sprintf("stream %d brought %d bytes", s.StreamID(), len(data))
	default:
		fault = checkReliable(s.StreamID(), data)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.received.Streams++
	if reset != nil {
		p.received.Codes[fmt.Sprint(uint64(reset.ErrorCode))]++
	}
	if fault != "" {
		if len(p.received.Faults) < 5 {
			p.received.Faults = append(p.received.Faults, fault)
		}
		return
	}
	p.received.Intact++
	p.received.Beyond += len(data) - int(binary.BigEndian.Uint32(data))
}

func checkReliable(id quic.StreamID, data []byte) string {
	reliable := int(binary.BigEndian.Uint32(data))
	if len(data) < reliable {
		return fmt.Sprintf("stream %d brought %d bytes of %d reliable ones", id, len(data), reliable)
	}
	for i := headerSize; i < reliable; i++ {
		if data[i] != byte(i%251) {
			return fmt.Sprintf("stream %d has a wrong byte at %d", id, i)
		}
	}
	return ""
}

func (p *peer) snapshot() tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	copied := p.received
	copied.Codes = map[string]int{}
	for code, count := range p.received.Codes {
		copied.Codes[code] = count
	}
	return copied
}
