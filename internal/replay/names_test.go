package replay

import "testing"

func TestManyInARowHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]int{}
	for n := range len(givenNames) * len(fatherNames) * len(familyNames) {
		if other, there := seen[personName(n)]; there {
			t.Fatalf("%d and %d are both called %s", other, n, personName(n))
		}
		seen[personName(n)] = n
	}
}
