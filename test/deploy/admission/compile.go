package main

import (
	"errors"
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"
)

// takenByNew is what CEL an API server of 1.36 lets into a new policy: that of the release before, so that one can go back.
var takenByNew = version.MajorMinor(1, 35)

// checkCompiles compiles a policy as the API server does before it stores it.
func checkCompiles(object runtime.Object) error {
	switch policy := object.(type) {
	case *admissionv1.MutatingAdmissionPolicy:
		return checkMutating(policy)
	case *admissionv1.ValidatingAdmissionPolicy:
		return checkValidating(policy)
	}
	return nil
}

func checkMutating(policy *admissionv1.MutatingAdmissionPolicy) error {
	compiler, problems := newCompiler(policy.Spec.Variables, policy.Spec.MatchConditions)
	for _, mutation := range policy.Spec.Mutations {
		if mutation.JSONPatch == nil {
			return fmt.Errorf("policy %s: only JSON patches are looked at", policy.Name)
		}
		expression := &patch.JSONPatchCondition{Expression: mutation.JSONPatch.Expression}
		options := cel.OptionalVariableDeclarations{HasAuthorizer: true, HasPatchTypes: true}
		compiled := compiler.CompileMutatingEvaluator(expression, options, environment.NewExpressions)
		problems = append(problems, compiled.CompilationErrors()...)
	}
	return errors.Join(problems...)
}

func checkValidating(policy *admissionv1.ValidatingAdmissionPolicy) error {
	compiler, problems := newCompiler(policy.Spec.Variables, policy.Spec.MatchConditions)
	expressions := []cel.ExpressionAccessor{}
	for _, one := range policy.Spec.Validations {
		expressions = append(expressions, &validating.ValidationCondition{Expression: one.Expression})
		if one.MessageExpression != "" {
			expressions = append(expressions, &validating.MessageExpressionCondition{MessageExpression: one.MessageExpression})
		}
	}
	return errors.Join(append(problems, compileAll(compiler, expressions)...)...)
}

// newCompiler knows the variables; the conditions are compiled with them.
func newCompiler(variables []admissionv1.Variable, conditions []admissionv1.MatchCondition) (*cel.CompositedCompiler, []error) {
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(takenByNew))
	if err != nil {
		return nil, []error{err}
	}
	problems := []error{}
	for _, variable := range variables {
		named := &validating.Variable{Name: variable.Name, Expression: variable.Expression}
		options := cel.OptionalVariableDeclarations{HasAuthorizer: true}
		if result := compiler.CompileAndStoreVariable(named, options, environment.NewExpressions); result.Error != nil {
			problems = append(problems, result.Error)
		}
	}
	expressions := []cel.ExpressionAccessor{}
	for i := range conditions {
		expressions = append(expressions, (*matchconditions.MatchCondition)(&conditions[i]))
	}
	return compiler, append(problems, compileAll(compiler, expressions)...)
}

func compileAll(compiler *cel.CompositedCompiler, expressions []cel.ExpressionAccessor) []error {
	options := cel.OptionalVariableDeclarations{HasAuthorizer: true}
	return compiler.CompileCondition(expressions, options, environment.NewExpressions).CompilationErrors()
}
