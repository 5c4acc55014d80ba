package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// podSecurity is the judge that enforces the standards in a cluster.
type podSecurity struct{ evaluator policy.Evaluator }

func newPodSecurity() (*podSecurity, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	return &podSecurity{evaluator}, err
}

// objections of the restricted standard in its latest version.
func (p *podSecurity) objections(pod *corev1.Pod) []string {
	found := []string{}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, result := range p.evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			found = append(found, result.ForbiddenReason+": "+result.ForbiddenDetail)
		}
	}
	return found
}
