(** Extremes, sums and means over lists in an ordered field, and what the axioms say. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition field_ops (R : realFieldType) : ops R :=
  Ops 0 +%R (fun a b => a - b) (fun a b => a / b) (fun a b => a <= b) (fun n => n%:R).

Section Lists.

Variable R : realFieldType.
Notation o := (field_ops R).

Lemma leastE (a b : R) : least o a b = Num.min a b.
Proof. by rewrite /least /=; case: leP => H; rewrite ?(min_l H) // min_r // ltW. Qed.

Lemma greatestE (a b : R) : greatest o a b = Num.max a b.
Proof. by rewrite /greatest /=; case: leP => H; rewrite ?(max_r H) // max_l // ltW. Qed.

Section Extremes.

Variable I : eqType.
Implicit Types (f g : I -> R) (s : seq I) (m : R).

Lemma minimum_le f s a : a \in s -> minimum o f s <= f a.
Proof.
elim: s => // b [|b' s] IH.
  by rewrite inE => /eqP ->.
rewrite inE => /orP [/eqP ->|H].
  by rewrite /= leastE le_minl lexx.
rewrite [minimum _ _ _]/= leastE le_minl.
by rewrite (IH H) orbT.
Qed.

Lemma minimum_in f s : s != [::] -> exists2 a, a \in s & minimum o f s = f a.
Proof.
elim: s => // b [|b' s] IH _; first by exists b; rewrite ?mem_head.
have [//|a Ha E] := IH.
rewrite [minimum _ _ _]/= leastE.
rewrite -/(minimum o f (b' :: s)) E.
case: (leP (f b) (f a)) => _; first by exists b; rewrite ?mem_head.
by exists a => //; rewrite inE Ha orbT.
Qed.

Lemma le_minimum f s m : s != [::] -> (forall a, a \in s -> m <= f a) -> m <= minimum o f s.
Proof. by move=> H Hm; have [a Ha ->] := minimum_in f H; apply: Hm. Qed.

Lemma maximum_ge f s a : a \in s -> f a <= maximum o f s.
Proof.
elim: s => // b s IH; rewrite inE => /orP [/eqP ->|/IH H] /=; rewrite greatestE le_maxr ?lexx //.
by rewrite H orbT.
Qed.

Lemma maximum_ge0 f s : 0 <= maximum o f s.
Proof. by elim: s => //= b s IH; rewrite greatestE le_maxr IH orbT. Qed.

Lemma maximum_le f s m : 0 <= m -> (forall a, a \in s -> f a <= m) -> maximum o f s <= m.
Proof.
move=> Hm; elim: s => //= b s IH H; rewrite greatestE le_maxl H ?mem_head //=.
by apply: IH => a Ha; apply: H; rewrite inE Ha orbT.
Qed.

Lemma minimum_mono f g s : (forall a, a \in s -> f a <= g a) -> minimum o f s <= minimum o g s.
Proof.
case: (altP (s =P [::])) => [-> //|Hs H].
by apply: le_minimum => // a Ha; apply: (le_trans (minimum_le f Ha)); apply: H.
Qed.

Lemma maximum_mono f g s : (forall a, a \in s -> f a <= g a) -> maximum o f s <= maximum o g s.
Proof.
move=> H; apply: maximum_le; first exact: maximum_ge0.
by move=> a Ha; apply: (le_trans (H a Ha)); apply: maximum_ge.
Qed.

Lemma total_mono f g s : (forall a, a \in s -> f a <= g a) -> total o f s <= total o g s.
Proof.
elim: s => //= b s IH H; apply: ler_add; first by apply: H; rewrite mem_head.
by apply: IH => a Ha; apply: H; rewrite inE Ha orbT.
Qed.

Lemma mean_mono f g s : (forall a, a \in s -> f a <= g a) -> mean o f s <= mean o g s.
Proof. by move=> H; rewrite /mean /=; apply: ler_wpmul2r; [rewrite invr_ge0 ler0n | apply: total_mono]. Qed.

Lemma eq_minimum f g s : (forall a, a \in s -> f a = g a) -> minimum o f s = minimum o g s.
Proof. by move=> H; apply/eqP; rewrite eq_le !minimum_mono // => a Ha; rewrite H. Qed.

Lemma eq_maximum f g s : (forall a, a \in s -> f a = g a) -> maximum o f s = maximum o g s.
Proof. by move=> H; apply/eqP; rewrite eq_le !maximum_mono // => a Ha; rewrite H. Qed.

Lemma eq_total f g s : (forall a, a \in s -> f a = g a) -> total o f s = total o g s.
Proof. by move=> H; apply/eqP; rewrite eq_le !total_mono // => a Ha; rewrite H. Qed.

Lemma eq_mean f g s : (forall a, a \in s -> f a = g a) -> mean o f s = mean o g s.
Proof. by move=> H; rewrite /mean (eq_total H). Qed.

Lemma minimum_scale (l : R) f s : 0 < l -> minimum o (fun a => l * f a) s = l * minimum o f s.
Proof.
move=> Hl; elim: s => [|b s]; first by rewrite /= mulr0.
case: s => [//|b' s] IH.
have E g : minimum o g [:: b, b' & s] = Num.min (g b) (minimum o g (b' :: s)) by rewrite -leastE.
by rewrite !E IH minr_pmulr // ltW.
Qed.

Lemma maximum_scale (l : R) f s : 0 < l -> maximum o (fun a => l * f a) s = l * maximum o f s.
Proof. by move=> Hl; elim: s => [|b s IH] /=; rewrite ?mulr0 // !greatestE IH maxr_pmulr // ltW. Qed.

Lemma total_scale (l : R) f s : total o (fun a => l * f a) s = l * total o f s.
Proof. by elim: s => [|b s IH] /=; rewrite ?mulr0 // IH mulrDr. Qed.

Lemma mean_scale (l : R) f s : mean o (fun a => l * f a) s = l * mean o f s.
Proof. by rewrite /mean /= total_scale mulrA. Qed.

Lemma total_perm f s t : perm_eq s t -> total o f s = total o f t.
Proof.
have E u : total o f u = \sum_(a <- u) f a by elim: u => [|b u /= ->]; rewrite ?big_nil ?big_cons.
by move=> H; rewrite !E; apply: perm_big.
Qed.

Lemma mean_perm f s t : perm_eq s t -> mean o f s = mean o f t.
Proof. by move=> H; rewrite /mean (total_perm f H) (perm_size H). Qed.

Lemma minimum_sub f s t : s != [::] -> {subset s <= t} -> minimum o f t <= minimum o f s.
Proof. by move=> Hs H; apply: le_minimum => // a Ha; apply/minimum_le/H. Qed.

Lemma minimum_perm f s t : s =i t -> minimum o f s = minimum o f t.
Proof.
case: s t => [|a s] [|b t] H //; first by have := H b; rewrite in_nil mem_head.
  by have := H a; rewrite in_nil mem_head.
by apply/eqP; rewrite eq_le !minimum_sub // => x; rewrite H.
Qed.

Lemma maximum_perm f s t : s =i t -> maximum o f s = maximum o f t.
Proof.
by move=> H; apply/eqP; rewrite eq_le !maximum_le ?maximum_ge0 // => a Ha; apply: maximum_ge; rewrite ?H // -H.
Qed.

Lemma total_ge0 f s : (forall a, a \in s -> 0 <= f a) -> 0 <= total o f s.
Proof.
elim: s => //= b s IH H; apply: addr_ge0; first by apply: H; rewrite mem_head.
by apply: IH => a Ha; apply: H; rewrite inE Ha orbT.
Qed.

Lemma mean_ge0 f s : (forall a, a \in s -> 0 <= f a) -> 0 <= mean o f s.
Proof. by move=> H; rewrite /mean /= divr_ge0 ?ler0n // total_ge0. Qed.

Lemma mean_gt0 f s : s != [::] -> (forall a, a \in s -> 0 < f a) -> 0 < mean o f s.
Proof.
move=> Hs H; rewrite /mean /= divr_gt0 ?ltr0n ?lt0n ?size_eq0 //.
case: s Hs H => // b s _ H /=; rewrite ltr_paddr ?H ?mem_head // total_ge0 // => a Ha.
by rewrite ltW // H // inE Ha orbT.
Qed.

Lemma minimum_gt0 f s : s != [::] -> (forall a, a \in s -> 0 < f a) -> 0 < minimum o f s.
Proof. by move=> Hs H; have [a Ha ->] := minimum_in f Hs; apply: H. Qed.

Lemma mean_const m s : s != [::] -> mean o (fun=> m) s = m.
Proof.
move=> Hs; have E u : total o (fun=> m) u = m *+ size u by elim: u => //= a u /= ->; rewrite mulrS.
rewrite /mean /= E -(mulr_natr m) mulfK // pnatr_eq0 size_eq0; exact: Hs.
Qed.

Lemma total_lt f g s a : a \in s -> (forall b, b \in s -> f b <= g b) -> f a < g a -> total o f s < total o g s.
Proof.
elim: s => // b s IH; rewrite inE => /orP [/eqP <-|Ha] H Hlt /=.
  by apply: ltr_le_add => //; apply: total_mono => x Hx; apply: H; rewrite inE Hx orbT.
apply: ler_lt_add; first by apply: H; rewrite mem_head.
by apply: IH => // x Hx; apply: H; rewrite inE Hx orbT.
Qed.

Lemma mean_of_totals f g s : s != [::] -> total o f s < total o g s -> mean o f s < mean o g s.
Proof. by move=> Hs H; rewrite /mean /= ltr_pmul2r // invr_gt0 ltr0n lt0n size_eq0. Qed.

Lemma mean_lt f g s a : a \in s -> (forall b, b \in s -> f b <= g b) -> f a < g a -> mean o f s < mean o g s.
Proof. by move=> Ha H Hlt; apply: mean_of_totals (total_lt Ha H Hlt); case: s Ha {H}. Qed.

Lemma total_ge f s a : a \in s -> (forall b, b \in s -> 0 <= f b) -> f a <= total o f s.
Proof.
elim: s => // b s IH; rewrite inE => /orP [/eqP <-|Ha] H /=.
  by rewrite ler_addl; apply: total_ge0 => x Hx; apply: H; rewrite inE Hx orbT.
apply: (@le_trans _ _ (total o f s)); first by apply: IH => // x Hx; apply: H; rewrite inE Hx orbT.
by rewrite ler_addr H ?mem_head.
Qed.

Lemma total_sub f g s : total o (fun a => f a - g a) s = total o f s - total o g s.
Proof. by elim: s => [|a s /= ->]; rewrite ?subr0 // opprD addrACA. Qed.

Lemma total_one s : total o (fun=> 1) s = (size s)%:R.
Proof. by elim: s => //= a s ->; rewrite -[(size s).+1]add1n natrD. Qed.

Lemma total_excess f g s e : (forall a, a \in s -> f a <= g a + e) -> total o f s <= total o g s + (size s)%:R * e.
Proof.
elim: s => [|b s IH] H /=; first by rewrite mul0r addr0.
rewrite -[(size s).+1]add1n natrD mulrDl mul1r addrACA; apply: ler_add; first by rewrite H ?mem_head.
by apply: IH => a Ha; apply: H; rewrite inE Ha orbT.
Qed.

(** What one loses is more than all others can gain. *)
Lemma total_outweighed f g s a e : 0 <= e -> a \in s -> (forall b, b \in s -> f b <= g b + e) ->
  f a + (size s)%:R * e < g a -> total o f s < total o g s.
Proof.
move=> He Ha H Hlt; have P := perm_to_rem Ha; rewrite (total_perm f P) (total_perm g P) /=.
have H' : total o f (rem a s) <= total o g (rem a s) + (size s)%:R * e.
  apply: (@le_trans _ _ (total o g (rem a s) + (size (rem a s))%:R * e)).
    by apply: total_excess => b /mem_rem; apply: H.
  by rewrite ler_add2l ler_wpmul2r // ler_nat size_rem // leq_pred.
apply: (@le_lt_trans _ _ (f a + (total o g (rem a s) + (size s)%:R * e))); first by rewrite ler_add2l.
by rewrite [total _ _ _ + _]addrC addrA ltr_add2r.
Qed.

End Extremes.

Lemma minimum_map (I J : eqType) (h : I -> J) (f : J -> R) s : minimum o f (map h s) = minimum o (f \o h) s.
Proof.
elim: s => // a s; case: s => [//|b s] IH.
have E (K : eqType) (g : K -> R) x y t : minimum o g [:: x, y & t] = Num.min (g x) (minimum o g (y :: t)).
  by rewrite -leastE.
by rewrite E [map _ _]/= E -IH.
Qed.

Lemma maximum_map (I J : eqType) (h : I -> J) (f : J -> R) s : maximum o f (map h s) = maximum o (f \o h) s.
Proof. by elim: s => [|a s IH] //=; rewrite IH. Qed.

Lemma total_map (I J : eqType) (h : I -> J) (f : J -> R) s : total o f (map h s) = total o (f \o h) s.
Proof. by elim: s => [|a s IH] //=; rewrite IH. Qed.

Lemma mean_map (I J : eqType) (h : I -> J) (f : J -> R) s : mean o f (map h s) = mean o (f \o h) s.
Proof. by rewrite /mean total_map size_map. Qed.

Lemma cancel_unit (l a b : R) : 0 < l -> (l * a) / (l * b) = a / b.
Proof. by move=> Hl; rewrite invfM mulrACA divff ?mul1r // gt_eqF. Qed.

Lemma quotient_mono (a a' b b' : R) : 0 <= a' -> a' <= a -> 0 < b -> b <= b' -> a' / b' <= a / b.
Proof.
move=> Ha' Ha Hb Hb'; have Hb0 : 0 < b' := lt_le_trans Hb Hb'.
apply: (@le_trans _ _ (a / b')); first by apply: ler_wpmul2r; rewrite // invr_ge0 ltW.
by apply: ler_wpmul2l; [apply: le_trans Ha | rewrite lef_pinv].
Qed.

End Lists.
