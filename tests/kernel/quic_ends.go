// SPDX-License-Identifier: BSD-2-Clause

// Both ends of a QUIC connection that says nothing but keepalives, for replay.t: quic_ends server|client ADDRESS PERIOD
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"os"
	"time"

	quic "github.com/lucas-clemente/quic-go"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func serve(address string, config *quic.Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	listener, err := quic.ListenAddr(address, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"x"}}, config)
	must(err)
	for {
		_, err := listener.Accept(context.Background())
		must(err)
	}
}

func main() {
	period, err := time.ParseDuration(os.Args[3])
	must(err)
	config := &quic.Config{MaxIdleTimeout: 4 * period, KeepAlivePeriod: period}
	if os.Args[1] == "server" {
		serve(os.Args[2], &quic.Config{MaxIdleTimeout: 4 * period})
	}
	connection, err := quic.DialAddr(os.Args[2], &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"x"}}, config)
	must(err)
	<-connection.Context().Done()
}
