package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/util/compatibility"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/discovery"
	discoveryfake "k8s.io/client-go/discovery/fake"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/openapi"
	"k8s.io/client-go/openapi/openapitest"
)

const readyWithin = 20 * time.Second

var codecs = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)

// chain is the two policy plugins, ready.
type chain struct {
	mutating   *mutating.Plugin
	validating *validating.Plugin
	interfaces admission.ObjectInterfaces
}

// cluster is the fake client with the OpenAPI documents that client-go embeds: the plugins type the pods by them.
type cluster struct{ *fake.Clientset }

type discoveryWithSchemas struct{ *discoveryfake.FakeDiscovery }

func (c cluster) Discovery() discovery.DiscoveryInterfaces {
	return discoveryWithSchemas{c.Clientset.Discovery().(*discoveryfake.FakeDiscovery)}
}

func (discoveryWithSchemas) OpenAPIV3() openapi.Client { return openapitest.NewEmbeddedFileClient() }

// startChain starts both plugins on a cluster that holds the objects.
func startChain(ctx context.Context, objects []runtime.Object) (*chain, error) {
	client := cluster{fake.NewClientset(objects...)}
	factory := informers.NewSharedInformerFactory(client, 0)
	mapper := meta.NewDefaultRESTMapper(scheme.Scheme.PrioritizedVersionsAllGroups())
	mapper.Add(corev1.SchemeGroupVersion.WithKind("Pod"), meta.RESTScopeNamespace)
	mapper.Add(corev1.SchemeGroupVersion.WithKind("ConfigMap"), meta.RESTScopeNamespace)
	mutator, err := mutating.NewPlugin(nil)
	if err != nil {
		return nil, err
	}
	validator, err := validating.NewPlugin(nil)
	if err != nil {
		return nil, err
	}
	prepare := initializer.New(
		client, dynamicfake.NewSimpleDynamicClient(scheme.Scheme, objects...), factory,
		authorizerfactory.NewAlwaysDenyAuthorizer(), utilfeature.DefaultFeatureGate,
		compatibility.DefaultBuildEffectiveVersion(), ctx.Done(), mapper,
	)
	for _, plugin := range []admission.Interface{mutator, validator} {
		prepare.Initialize(plugin)
		if err := plugin.(admission.InitializationValidator).ValidateInitialization(); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("no list of %v", kind)
		}
	}
	mutator.SetEnabled(true)
	return &chain{mutator, validator, admission.NewObjectInterfacesFromScheme(scheme.Scheme)}, nil
}

// admit mutates the pod in place, as the API server would.
func (c *chain) admit(ctx context.Context, try attempt) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	attributes := attributesOf(try)
	if err := c.mutating.Admit(ctx, attributes, c.interfaces); err != nil {
		return err
	}
	if again := attributes.GetReinvocationContext(); again.ShouldReinvoke() {
		again.SetIsReinvoke()
		if err := c.mutating.Admit(ctx, attributes, c.interfaces); err != nil {
			return err
		}
	}
	return c.validating.Validate(ctx, attributes, c.interfaces)
}

func attributesOf(try attempt) admission.Attributes {
	operation, options, old := admission.Create, runtime.Object(&metav1.CreateOptions{}), runtime.Object(nil)
	if try.Old != nil {
		operation, options, old = admission.Update, &metav1.UpdateOptions{}, try.Old
	}
	return admission.NewAttributesRecord(
		try.Pod, old, corev1.SchemeGroupVersion.WithKind("Pod"), try.Pod.Namespace, try.Pod.Name,
		corev1.SchemeGroupVersion.WithResource("pods"), "", operation, options, false, &user.DefaultInfo{Name: "someone"},
	)
}
