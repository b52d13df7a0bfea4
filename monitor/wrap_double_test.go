package monitor_test

import "context"

// predictMap is a model of a map.
func predictMap(_ context.Context, in map[string]any) (float64, error) {
	age, _ := in["age"].(float64)
	return age / 100, nil
}
