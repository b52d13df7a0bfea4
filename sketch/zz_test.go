package sketch
import ("testing";"math/rand/v2";"slices";"fmt")
func TestZZ(t *testing.T){
 for seed := range uint64(8) {
  all := shapes(rand.New(rand.NewPCG(seed, 7)), 200*chunk)
  for _, name := range []string{"normal","lognormal","offset"} {
   one, parts := NewQuantiles(0), [8]Quantiles{}
   for i, part := range slices.Collect(slices.Chunk(all[name], chunk)) { one.Add(part...); parts[i%8].Add(part...) }
   m := new(Quantiles)
   for i := range parts { m.Merge(&parts[i]) }
   v := all[name]; slices.Sort(v)
   for _, d := range []*Quantiles{one,m} {
    fmt.Printf("%-9s %d %d: ", name, seed, len(d.mean))
    for _, q := range probes { x,_ := d.Quantile(q); fmt.Printf(" %.4f", 100*rankError(v,q,x)) }
    fmt.Println()
   }
  }
 }
}
