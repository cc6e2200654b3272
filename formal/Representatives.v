(** The relative margin is rich: distance 1 inside clusters; 2 between two first points of clusters, or two others; and
    3 between a first point and another one. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Clusters Centres Margins.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Representatives.

Variable R : realFieldType.
Notation o := (field_ops R).

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

Definition representative own := head 0%N (members n c own).
Definition first x := representative (c x) == x.

Definition three_levels (x y : nat) : R :=
  if x == y then 0 else if c x == c y then 1 else if first x == first y then 2%:R else 3%:R.
Notation d := three_levels.

Lemma three_levels_distance : distance n d.
Proof.
split=> [x _|x y _ _|x y _ _ /negbTE H]; rewrite /d ?eqxx //.
  by rewrite eq_sym [c x == _]eq_sym [first x == _]eq_sym.
by rewrite H; case: ifP => _; rewrite ?ltr01 //; case: ifP => _; rewrite ltr0n.
Qed.

Lemma apart_ge1 x y : x != y -> 1 <= d x y.
Proof. by rewrite /d => /negbTE ->; case: ifP => // _; case: ifP => _; rewrite ler1n. Qed.

Lemma apart_le3 x y : d x y <= 3%:R.
Proof.
rewrite /d; case: ifP => _; first by rewrite ler0n.
case: ifP => _; first by rewrite ler1n.
by case: ifP => _; rewrite ler_nat.
Qed.

(** What 1 and 3 say of two points. *)
Lemma apart_le1 x y : x != y -> d x y <= 1 -> c x = c y.
Proof.
rewrite /d => /negbTE ->; case: eqP => // _.
by case: ifP => _; rewrite -[X in _ <= X]/(1%:R) ler_nat.
Qed.

Lemma apart_ge3 x y : 3%:R <= d x y -> c x != c y /\ first x != first y.
Proof.
rewrite /d; case: eqP => _; first by rewrite -[X in _ <= X]/(0%:R) ler_nat.
case: eqP => _; first by rewrite -[X in _ <= X]/(1%:R) ler_nat.
by case: eqP => // _; rewrite ler_nat.
Qed.

Lemma representative_in x : (x < n)%N -> (representative (c x) < n)%N /\ c (representative (c x)) = c x.
Proof.
move=> Hx; have : x \in members n c (c x) by rewrite mem_members eqxx.
rewrite /representative; case E : (members n c (c x)) => [|y s] // _ /=.
have : y \in members n c (c x) by rewrite E mem_head.
by rewrite mem_members => /andP [/eqP ].
Qed.

(** The first points are centres that give every quotient of [c] its least possible value. *)

Definition representatives := map representative (clusters n c).

Lemma mem_clusters_point own : own \in clusters n c -> exists2 x, (x < n)%N & c x = own.
Proof. by rewrite mem_clusters => /hasP [x]; rewrite mem_iota => /andP [_ Hx] /eqP E; exists x. Qed.

Lemma mem_representatives x : (x < n)%N -> (x \in representatives) = first x.
Proof.
move=> Hx; apply/mapP/eqP => [[own /mem_clusters_point [y Hy <-] E]|<-].
  by have [_] := representative_in Hy; rewrite -E => ->.
by exists (c x); rewrite // mem_clusters; apply/hasP; exists x; rewrite ?mem_iota.
Qed.

Lemma representatives_centres : centres n c representatives.
Proof.
have P own : own \in clusters n c -> (representative own < n)%N /\ c (representative own) = own.
  by move=> /mem_clusters_point [x Hx <-]; apply: representative_in.
split.
- by move=> y /mapP [own /P [H _] ->].
- by move=> x y /mapP [u /P [_ Hu] ->] /mapP [v /P [_ Hv] ->]; rewrite Hu Hv => ->.
- move=> x Hx; exists (representative (c x)); last by have [] := representative_in Hx.
  by apply: map_f; rewrite mem_clusters; apply/hasP; exists x; rewrite ?mem_iota.
Qed.

(** Of two points in one cluster, at most one is its centre. *)
Lemma not_centre c0 k : non_trivial n c0 -> centres n c0 k -> exists2 x, (x < n)%N & x \notin k.
Proof.
move=> [Hw _] [_ inj _]; case E : (within n c0) Hw => [|p s] // _.
have /within_inside [H1 H2 H3 /eqP H4] : p \in within n c0 by rewrite E mem_head.
case: (boolP (p.1 \in k)) => [K1|]; last by exists p.1.
by exists p.2 => //; apply: contraNN H3 => K2; rewrite (inj _ _ K1 K2 H4).
Qed.

Lemma mem_outside (k : seq nat) x : (x \in [seq x <- points n | x \notin k]) = (x \notin k) && (x < n)%N.
Proof. by rewrite mem_filter mem_iota. Qed.

Lemma outside_nil (k : seq nat) z : (z < n)%N -> z \notin k -> [seq x <- points n | x \notin k] != [::].
Proof. by move=> Hz Hk; apply/eqP => E; have := mem_outside k z; rewrite E Hk Hz. Qed.

Lemma nearest_other c0 k x : non_trivial n c0 -> centres n c0 k -> (x < n)%N -> 0 < to_other o d c0 k x <= 3%:R.
Proof.
move=> H0 Hk Hx; rewrite (to_other_gt0 three_levels_distance H0 Hk Hx) /to_other.
by have [y _ ->] := minimum_in (d x) (others_nil H0 Hk x); apply: apart_le3.
Qed.

Lemma relative_margin_own : relative_margin o n d c <= 3%:R^-1.
Proof.
have Hk := representatives_centres; apply: (le_trans (margin_least d Hk)).
have [z Hz Hzk] := not_centre Hc Hk; rewrite /margin -(mean_const 3%:R^-1 (outside_nil Hz Hzk)).
apply: mean_mono => x; rewrite mem_outside => /andP [Hxk Hx].
have /andP [H1 H2] := own_centre_in Hk Hx; case: (Hk) => range _ _.
have -> : to_own d c representatives x = 1.
  rewrite /to_own /d [c x == _]eq_sym H2; case: eqP => // E.
  by rewrite -E in H1; rewrite H1 in Hxk.
have /andP [H0 _] := nearest_other Hc Hk Hx; rewrite /= mul1r lef_pinv ?posrE ?ltr0n //.
apply: le_minimum => [|y]; first exact: (others_nil Hc Hk).
rewrite mem_filter => /andP [Hyx Hy]; rewrite /d eq_sym.
have /negbTE -> : y != x by apply: contraNneq Hyx => ->.
rewrite eq_sym (negbTE Hyx).
move: (Hxk) (Hy); rewrite (mem_representatives Hx) (mem_representatives (range _ Hy)) => /negbTE -> ->.
exact: lexx.
Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').
Variable k : seq nat.
Hypothesis Hk : centres n c' k.

Notation centre := (own_centre c' k).
Notation quotient := (fun x => div o (to_own d c' k x) (to_other o d c' k x)).

Lemma away x : (x < n)%N -> x \notin k -> x != centre x.
Proof. by move=> Hx Hxk; have /andP [H1 _] := own_centre_in Hk Hx; apply: contraNneq Hxk => E; rewrite {1}E. Qed.

Lemma quotient_ge x : (x < n)%N -> x \notin k -> 3%:R^-1 <= quotient x.
Proof.
move=> Hx Hxk; have /andP [H0 H3] := nearest_other Hc' Hk Hx.
by rewrite -[X in X <= _]mul1r; apply: quotient_mono; rewrite ?ler01 // apart_ge1 // away.
Qed.

Section Least.

Hypothesis least_quotient : forall x, (x < n)%N -> x \notin k -> quotient x <= 3%:R^-1.

Lemma least_both x : (x < n)%N -> x \notin k ->
  to_own d c' k x <= 1 /\ forall y, y \in k -> c' y != c' x -> 3%:R <= d x y.
Proof.
move=> Hx Hxk; have /andP [H0 H3] := nearest_other Hc' Hk Hx.
have Hd : 1 <= to_own d c' k x by rewrite apart_ge1 // away.
have := least_quotient Hx Hxk; rewrite /= ler_pdivr_mulr // mulrC ler_pdivl_mulr ?ltr0n // => H.
have Hm : 3%:R <= to_other o d c' k x.
  by apply: le_trans H; rewrite ler_pmull ?ltr0n.
split; last by move=> y Hy Hyx; apply: (le_trans Hm); apply: minimum_le; rewrite mem_filter Hyx.
by rewrite -(@ler_pmul2r _ 3%:R) ?ltr0n // mul1r (le_trans H).
Qed.

Lemma centre_c x : (x < n)%N -> c (centre x) = c x.
Proof.
move=> Hx; case: (boolP (x \in k)) => Hxk; first by rewrite (own_centre_eq Hk Hx Hxk).
by have [H _] := least_both Hx Hxk; apply/esym/(apart_le1 (away Hx Hxk)).
Qed.

Lemma centre_c' x : (x < n)%N -> c' (centre x) = c' x.
Proof. by move=> Hx; have /andP [_ /eqP] := own_centre_in Hk Hx. Qed.

Lemma centre_mem x : (x < n)%N -> centre x \in k.
Proof. by move=> Hx; have /andP [] := own_centre_in Hk Hx. Qed.

Lemma refines x y : (x < n)%N -> (y < n)%N -> c' x = c' y -> c x = c y.
Proof.
move=> Hx Hy E; rewrite -(centre_c Hx) -(centre_c Hy); congr c; case: Hk => _ inj _.
by apply: inj; rewrite ?centre_mem // !centre_c'.
Qed.

Lemma cut_centre x y : (x < n)%N -> (y < n)%N -> c x = c y -> c' x != c' y -> x \in k.
Proof.
move=> Hx Hy E E'; apply: contraT => Hxk; have [_ H] := least_both Hx Hxk.
have H3 := H _ (centre_mem Hy); rewrite centre_c' // eq_sym E' in H3.
by have [] := apart_ge3 (H3 isT); rewrite centre_c // E eqxx.
Qed.

Lemma least_absurd : False.
Proof.
case: (differing_pair Hneq) => [[q Hq /eqP E]|[q Hq]]; last first.
  by have [H1 H2 _ /eqP E] := within_inside Hq; rewrite (refines H1 H2 E) eqxx.
have [Hx Hy _ E'] := between_across Hq; set x := q.1 in Hx E E'; set y := q.2 in Hy E E'.
have all_centres z : (z < n)%N -> c z = c x -> z \in k.
  move=> Hz Ez; case: (altP (c' z =P c' x)) => [Ezx|Ezx]; last exact: (cut_centre Hz Hx).
  by apply: (cut_centre Hz Hy); rewrite ?Ez ?Ezx.
have [Hr Er] := representative_in Hx; set r := representative (c x) in Hr Er.
have Fr : first r by rewrite /first Er.
have [s [Hs Es Fs]] : exists s, [/\ (s < n)%N, c s = c x & ~~ first s].
  case: (altP (x =P r)) => [Exr|Exr]; last by exists x; split; rewrite // /first -/r eq_sym.
  by exists y; split; rewrite // /first -E -/r -Exr; apply: contraNneq E' => ->.
have [w Hw Hwk] := not_centre Hc' Hk; have [_ H] := least_both Hw Hwk.
have outside z : (z < n)%N -> c z = c x -> c' z != c' w.
  move=> Hz Ez; apply: contraNneq Hwk => Ezw; apply: all_centres => //.
  by rewrite -Ez; apply/esym/refines.
have [_] := apart_ge3 (H _ (all_centres _ Hr Er) (outside _ Hr Er)).
have [_] := apart_ge3 (H _ (all_centres _ Hs Es) (outside _ Hs Es)).
by rewrite Fr (negbTE Fs); case: (first w).
Qed.

End Least.

Lemma margin_rival : 3%:R^-1 < margin o n d c' k.
Proof.
have [z Hz Hzk] := not_centre Hc' Hk; rewrite /margin.
case: (boolP (has (fun x => 3%:R^-1 < quotient x) [seq x <- points n | x \notin k])) => [/hasP [x Hx H]|/hasPn H].
  rewrite -(mean_const 3%:R^-1 (outside_nil Hz Hzk)); apply: (mean_lt Hx) => // y.
  by rewrite mem_outside => /andP [Hyk Hy]; apply: quotient_ge.
case: least_absurd => x Hx Hxk; have := H x; rewrite mem_outside Hxk Hx => /(_ isT).
by rewrite -leNgt.
Qed.

End Rival.

End Representatives.

Theorem relative_margin_rich (R : realFieldType) : rich (@strictly_lower R) (relative_margin (field_ops R)).
Proof.
move=> n c Hc; exists (three_levels R n c); first exact: three_levels_distance.
move=> c' Hc' Hneq; have [k Hk E] := margin_attained n (three_levels R n c) c'.
rewrite /strictly_lower [X in _ < X]E.
exact: le_lt_trans (relative_margin_own R Hc) (margin_rival R Hc' Hneq Hk).
Qed.
