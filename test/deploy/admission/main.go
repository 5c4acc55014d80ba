// Command admission does to pods what a Kubernetes API server does to them on their way in: the mutating admission
// policies, a second time where one asks for it, then the validating ones, then the Pod Security Standards. The plugins
// are the API server's own; only the cluster around them is a fake.
//
// Standard input is a question, standard output its answers, both JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/klog/v2"
)

// question is what the cluster holds, and the pods that are created or updated in it one after the other.
type question struct {
	Objects []json.RawMessage `json:"objects"`
	Pods    []attempt         `json:"pods"`
}

// attempt is a pod that is created, or updated from Old.
type attempt struct {
	Pod *corev1.Pod `json:"pod"`
	Old *corev1.Pod `json:"old,omitempty"`
}

// outcome is the pod as it would be stored, or why it is refused; Restricted tells what the restricted Pod Security
// Standard has against it.
type outcome struct {
	Pod        *corev1.Pod `json:"pod"`
	Refused    string      `json:"refused,omitempty"`
	Restricted []string    `json:"restricted"`
}

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if err := answer(); err != nil {
		fmt.Fprintln(os.Stderr, "admission:", err)
		os.Exit(1)
	}
}

func answer() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	if err := monitoringv1.AddToScheme(scheme.Scheme); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	objects, err := decode(asked.Objects)
	if err != nil {
		return err
	}
	chain, err := startChain(ctx, objects)
	if err != nil {
		return err
	}
	judge, err := newPodSecurity()
	if err != nil {
		return err
	}
	outcomes := []outcome{}
	for _, try := range asked.Pods {
		result := outcome{Pod: try.Pod}
		if err := chain.admit(ctx, try); err != nil {
			result.Refused = err.Error()
		}
		result.Restricted = judge.objections(result.Pod)
		outcomes = append(outcomes, result)
	}
	return json.NewEncoder(os.Stdout).Encode(outcomes)
}

// decode turns manifests into what the cluster stores; an unknown field or kind is an error. What is for the Prometheus
// operator is only looked at.
func decode(manifests []json.RawMessage) ([]runtime.Object, error) {
	objects := []runtime.Object{}
	for _, manifest := range manifests {
		object, kind, err := codecs.UniversalDeserializer().Decode(manifest, nil, nil)
		if err != nil {
			return nil, err
		}
		if kind.Group == monitoring.GroupName {
			continue
		}
		if err := checkCompiles(object); err != nil {
			return nil, err
		}
		setDefaults(object)
		objects = append(objects, object)
	}
	return objects, nil
}
