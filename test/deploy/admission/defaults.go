package main

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// setDefaults fills in what the API server does when a policy is stored. Its own code for it is in no module that others
// can import; these are the `+default` marks of the types.
func setDefaults(object runtime.Object) {
	switch policy := object.(type) {
	case *admissionv1.MutatingAdmissionPolicy:
		setMatchDefaults(policy.Spec.MatchConstraints)
	case *admissionv1.MutatingAdmissionPolicyBinding:
		setMatchDefaults(policy.Spec.MatchResources)
	case *admissionv1.ValidatingAdmissionPolicy:
		setMatchDefaults(policy.Spec.MatchConstraints)
	case *admissionv1.ValidatingAdmissionPolicyBinding:
		setMatchDefaults(policy.Spec.MatchResources)
	}
}

func setMatchDefaults(match *admissionv1.MatchResources) {
	if match == nil {
		return
	}
	equivalent, everyScope := admissionv1.Equivalent, admissionv1.AllScopes
	if match.MatchPolicy == nil {
		match.MatchPolicy = &equivalent
	}
	if match.NamespaceSelector == nil {
		match.NamespaceSelector = &metav1.LabelSelector{}
	}
	if match.ObjectSelector == nil {
		match.ObjectSelector = &metav1.LabelSelector{}
	}
	for i := range match.ResourceRules {
		if match.ResourceRules[i].Scope == nil {
			match.ResourceRules[i].Scope = &everyScope
		}
	}
}
