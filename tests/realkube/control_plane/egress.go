package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	forwardAnnotation = "realkube/forward" // "127.0.0.1:PORT", on a Service
	patience          = 5 * time.Second
)

// egressProxy is the CONNECT proxy that kube-apiserver's egress selector for "cluster" names, on a
// unix socket. The API server dials no cluster IP, pod or node itself; this dials 127.0.0.1 alone:
// what asks for it, and Services that forwardAnnotation sends there. Everything else is answered 503.
func egressProxy(arguments []string) int {
	flags := flag.NewFlagSet("egress-proxy", flag.ExitOnError)
	socket := flags.String("uds", "", "the socket to listen on")
	kubeconfig := flags.String("kubeconfig", "", "how to find Services")
	_ = flags.Parse(arguments)
	_ = os.Remove(*socket)
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Print(err)
		return 1
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Print(err)
			return 1
		}
		go serve(client, *kubeconfig)
	}
}

func serve(client net.Conn, kubeconfig string) {
	defer client.Close()
	reader := bufio.NewReader(client)
	request, err := http.ReadRequest(reader)
	if err != nil || request.Method != http.MethodConnect {
		fmt.Fprint(client, "HTTP/1.1 400 Bad Request\r\n\r\n")
		return
	}
	server, err := dial(request.Host, kubeconfig)
	if err != nil {
		log.Printf("CONNECT %s: %v", request.Host, err)
		fmt.Fprint(client, "HTTP/1.1 503 Service Unavailable\r\n\r\n")
		return
	}
	defer server.Close()
	fmt.Fprint(client, "HTTP/1.1 200 Connection Established\r\n\r\n")
	go func() {
		_, _ = io.Copy(server, reader)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

func dial(address, kubeconfig string) (net.Conn, error) {
	target, err := targetOf(address, kubeconfig)
	if err != nil {
		return nil, err
	}
	return net.DialTimeout("tcp", target, patience)
}

func targetOf(address, kubeconfig string) (string, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "127.0.0.1" {
		return address, err
	}
	options, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	services, err := kubernetes.NewForConfigOrDie(options).CoreV1().Services("").List(
		ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return "", err
	}
	for _, service := range services.Items {
		target := service.Annotations[forwardAnnotation]
		if service.Spec.ClusterIP == host && strings.HasPrefix(target, "127.0.0.1:") {
			return target, nil
		}
	}
	return "", fmt.Errorf("no Service with this cluster IP has the annotation %s", forwardAnnotation)
}
