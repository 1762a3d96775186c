package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/quic-go/webtransport-go"

	"sluice.invalid/lab/common/lines"
)

// Requests and answers over unidirectional streams: one byte that says which, four of number (big-endian).
const (
	request    = 0
	answer     = 1
	headerSize = 5
)

// peer holds the one session of the process and serves the other end's requests.
type peer struct {
	mu        sync.Mutex
	current   *webtransport.Session
	connected chan struct{}
	next      uint32
	answers   map[uint32]chan []byte
}

func (p *peer) adopt(s *webtransport.Session) {
	p.mu.Lock()
	p.current = s
	p.mu.Unlock()
	close(p.connected)
	go p.serveStreams(s)
	go p.serveUnis(s)
}

func (p *peer) session(ctx context.Context) (*webtransport.Session, error) {
	select {
	case <-p.connected:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.current, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *peer) close(code webtransport.SessionErrorCode, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != nil {
		_ = p.current.CloseWithError(code, reason)
	}
}

// serveStreams sends back what comes on each bidirectional stream.
func (p *peer) serveStreams(s *webtransport.Session) {
	for {
		stream, err := s.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go func() {
			if _, err := io.Copy(stream, stream); err != nil {
				stream.CancelRead(0)
				stream.CancelWrite(0)
				return
			}
			_ = stream.Close()
		}()
	}
}

func (p *peer) serveUnis(s *webtransport.Session) {
	for {
		stream, err := s.AcceptUniStream(context.Background())
		if err != nil {
			return
		}
		go func() {
			message, err := io.ReadAll(stream)
			if err != nil || len(message) < headerSize {
				return
			}
			if message[0] == answer {
				p.arrived(message)
				return
			}
			message[0] = answer
			// The other end misses an answer that fails, and says so.
			_ = sendUni(context.Background(), s, message)
		}()
	}
}

func (p *peer) arrived(message []byte) {
	id := binary.BigEndian.Uint32(message[1:])
	p.mu.Lock()
	waiting := p.answers[id]
	delete(p.answers, id)
	p.mu.Unlock()
	if waiting != nil {
		waiting <- message
	}
}

// unis asks by unidirectional streams, one after the other.
func (p *peer) unis(ctx context.Context, s *webtransport.Session, l load) (any, error) {
	start := time.Now()
	for range l.Count {
		p.mu.Lock()
		id := p.next
		p.next++
		waiting := make(chan []byte, 1)
		p.answers[id] = waiting
		p.mu.Unlock()
		message := append(binary.BigEndian.AppendUint32([]byte{request}, id), pattern(l.Size)...)
		if err := sendUni(ctx, s, message); err != nil {
			return nil, err
		}
		select {
		case got := <-waiting:
			if string(got[headerSize:]) != string(message[headerSize:]) {
				return nil, errors.New("the answer to a unidirectional stream differs")
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return lines.Fields{"answered": l.Count, "milliseconds": milliseconds(start)}, nil
}

func sendUni(ctx context.Context, s *webtransport.Session, message []byte) error {
	stream, err := s.OpenUniStreamSync(ctx)
	if err != nil {
		return err
	}
	if _, err := stream.Write(message); err != nil {
		return err
	}
	return stream.Close()
}
