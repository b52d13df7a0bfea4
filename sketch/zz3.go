package sketch
var zzD = 205.0
