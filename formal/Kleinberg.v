(** Kleinberg 2002: of scale invariance, richness and consistency a clustering function has two at most. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Chains Richness.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Functions.

Variables (R : realFieldType) (n : nat).
Notation o := (field_ops R).

(** A clustering for all distances of n points: any one, one cluster or all singletons as well. *)
Definition clustering_function := (nat -> nat -> R) -> nat -> nat.
Implicit Types (f : clustering_function) (d : nat -> nat -> R).

Definition function_scale_invariant f : Prop :=
  forall d (l : R), distance n d -> 0 < l -> same_partition n (f d) (f (fun x y => l * d x y)).

Definition function_rich f : Prop := forall c, exists2 d, distance n d & same_partition n c (f d).

Definition function_consistent f : Prop :=
  forall d d', distance n d -> distance n d' -> consistent_change n (f d) d d' -> same_partition n (f d) (f d').

Lemma scaled_distance d (l : R) : distance n d -> 0 < l -> distance n (fun x y => l * d x y).
Proof.
move=> [zero sym pos] Hl; split=> [x Hx|x y Hx Hy|x y Hx Hy Hxy]; first by rewrite zero ?mulr0.
  by rewrite sym.
by rewrite mulr_gt0 ?pos.
Qed.

(** In another unit, one data set's distances are below those of another. *)
Lemma scaled_below d d' : distance n d -> distance n d' ->
  exists2 l, 0 < l & forall x y, (x < n)%N -> (y < n)%N -> l * d x y <= d' x y.
Proof.
move=> Hd Hd'; have [[zero sym pos] [zero' sym' pos']] := (Hd, Hd').
have gt0 p : p \in pairs n -> 0 < apart d p /\ 0 < apart d' p.
  case: p => x y; rewrite mem_pairs => /andP [Hyx Hx]; have Hy := ltn_trans Hyx Hx.
  by rewrite /apart /= pos ?pos' // neq_ltn Hyx orbT.
pose quotient p := apart d' p / apart d p.
have [l Hl below] : exists2 l, 0 < l & forall p, p \in pairs n -> l <= quotient p.
  case: (altP (pairs n =P [::])) => [->|Hn]; first by exists 1.
  exists (minimum o quotient (pairs n)); last by move=> p; apply: minimum_le.
  by apply: minimum_gt0 => // p /gt0 [H1 H2]; apply: divr_gt0.
exists l => // x y Hx Hy; have key a b : (b < a < n)%N -> l * d a b <= d' a b.
  rewrite -mem_pairs => Hp; have [H1 H2] := gt0 _ Hp.
  by have := below _ Hp; rewrite /quotient ler_pdivl_mulr.
case: (ltngtP x y) => [H|H|->]; last by rewrite zero ?zero' ?mulr0.
  by rewrite (sym x y Hx Hy) (sym' x y Hx Hy); apply: key; rewrite H.
by apply: key; rewrite H.
Qed.

(** Of the clusterings that a function with the other two returns, none refines another. *)
Theorem kleinberg_antichain f d d' : function_scale_invariant f -> function_consistent f ->
  distance n d -> distance n d' ->
  (forall x y, (x < n)%N -> (y < n)%N -> f d x = f d y -> f d' x = f d' y) -> same_partition n (f d) (f d').
Proof.
move=> Hscale Hconsistent Hd Hd' refines; have [l Hl below] := scaled_below Hd Hd'.
have Hld := scaled_distance Hd Hl; have S := Hscale d l Hd Hl.
pose both x y := if f d x == f d y then l * d x y else d' x y.
have Hboth : distance n both.
  have [[zero sym pos] [zero' sym' pos']] := (Hld, Hd'); rewrite /both.
  split=> [x Hx|x y Hx Hy|x y Hx Hy Hxy]; first by rewrite eqxx zero.
    by rewrite eq_sym; case: ifP => _; [rewrite sym | rewrite sym'].
  by case: ifP => _; [apply: pos | apply: pos'].
have A : same_partition n (f (fun x y => l * d x y)) (f both).
  apply: Hconsistent => // x y Hx Hy; rewrite -(S x y Hx Hy) /both.
  by case: (f d x == f d y); [exact: lexx | exact: below].
have B : same_partition n (f d') (f both).
  apply: Hconsistent => // x y Hx Hy; rewrite /both; case: (altP (f d x =P f d y)) => [E|_].
    by rewrite (refines _ _ Hx Hy E) eqxx below.
  by case: ifP.
by move=> x y Hx Hy; rewrite (S x y) // (A x y) // (B x y).
Qed.

(** All singletons refine one cluster. *)
Theorem kleinberg_impossibility f : (1 < n)%N ->
  function_scale_invariant f -> function_consistent f -> ~ function_rich f.
Proof.
move=> Hn Hscale Hconsistent Hrich; have H0 := ltnW Hn.
have [d Hd E] := Hrich id; have [d' Hd' E'] := Hrich (fun=> 0%N).
have refines x y : (x < n)%N -> (y < n)%N -> f d x = f d y -> f d' x = f d' y.
  by move=> Hx Hy _; apply/eqP; rewrite -(E' x y Hx Hy).
have := kleinberg_antichain Hscale Hconsistent Hd Hd' refines H0 Hn.
by rewrite -(E 0%N 1%N H0 Hn) -(E' 0%N 1%N H0 Hn).
Qed.

End Functions.

(** Each two of the three go together: single linkage stops at a distance, or at half of the longest. *)

Section Components.

Variable m : nat.
Notation n := m.+1.

Definition on_points (e : rel nat) : rel 'I_n := fun i j => e i j.
Definition components (e : rel nat) (x : nat) : nat := fingraph.root (on_points e) (inord x).

Lemma componentsE e x y : symmetric (on_points e) ->
  (components e x == components e y) = connect (on_points e) (inord x) (inord y).
Proof. by move=> H; rewrite /components val_eqE root_connect //; apply: sym_connect_sym. Qed.

Variable R : realFieldType.
Notation o := (field_ops R).
Implicit Type d : nat -> nat -> R.

(** Points at most [r] apart are linked. *)
Definition linked (r : R) d : rel nat := fun x y => d x y <= r.

Lemma linked_sym r d : distance n d -> symmetric (on_points (linked r d)).
Proof. by move=> [_ sym _] i j; rewrite /on_points /linked sym. Qed.

Lemma linked_consistent r : function_consistent n (fun d => components (linked r d)).
Proof.
move=> d d' Hd Hd' H x y Hx Hy; have [S S'] := (linked_sym r Hd, linked_sym r Hd').
rewrite !componentsE //; apply/idP/idP; apply: connect_sub => i j.
  move=> Hij; apply/connect1/(le_trans _ Hij).
  by have := H i j (ltn_ord i) (ltn_ord j); rewrite componentsE // !inord_val connect1.
case: (boolP (connect (on_points (linked r d)) i j)) => // Hconn Hij; case/negP: (Hconn); apply/connect1/le_trans/Hij.
by have := H i j (ltn_ord i) (ltn_ord j); rewrite componentsE // !inord_val (negbTE Hconn).
Qed.

Lemma linked_two_levels c : same_partition n c (components (linked 1 (two_levels c (2%:R : R)))).
Proof.
have S := linked_sym 1 (two_levels_distance n c (two_gt0 R)).
move=> x y Hx Hy; rewrite componentsE //; apply/idP/idP => [E|].
  apply: connect1; rewrite /on_points /linked /two_levels !inordK // E.
  by case: ifP; rewrite ?ler01.
have same : closed (on_points (linked 1 (two_levels c 2%:R))) [pred i : 'I_n | c i == c x].
  move=> i j; rewrite /on_points /linked /two_levels !inE.
  case: eqP => [-> //|_]; case: eqP => [-> //|_].
  by rewrite -[X in _ <= X]/(1%:R) ler_nat.
by move=> /(closed_connect same); rewrite !inE !inordK // eqxx eq_sym => <-.
Qed.

Lemma linked_rich : @function_rich R n (fun d => components (linked 1 d)).
Proof.
by move=> c; exists (two_levels c 2%:R); [apply: two_levels_distance (two_gt0 R) | apply: linked_two_levels].
Qed.

(** Points at most half the longest distance apart are linked. *)
Definition half_longest d : R := maximum o (apart d) (pairs n) / 2%:R.

Lemma half_scale_invariant : function_scale_invariant n (fun d => components (linked (half_longest d) d)).
Proof.
move=> d l Hd Hl x y Hx Hy; have Hld := scaled_distance Hd Hl.
have E : half_longest (fun x y => l * d x y) = l * half_longest d.
  by rewrite /half_longest mulrA -maximum_scale.
rewrite !componentsE; try exact: linked_sym.
by apply: eq_connect => i j; rewrite /on_points /linked E ler_pmul2l.
Qed.

Lemma half_two d p : p \in pairs n -> apart d p = 2%:R -> (forall q, q \in pairs n -> apart d q <= 2%:R) ->
  half_longest d = 1.
Proof.
move=> Hp E H; have -> : half_longest d = 2%:R / 2%:R; last by rewrite divff ?pnatr_eq0.
congr (_ / _); apply/eqP; rewrite eq_le -{2}E maximum_ge // andbT.
by apply: maximum_le => //; rewrite ler0n.
Qed.

Definition steps (x y : nat) : R :=
  if x == y then 0 else if (x == y.+1) || (y == x.+1) then 1 else 2%:R.

Lemma steps_distance : distance n steps.
Proof.
split=> [x _|x y _ _|x y _ _ /negbTE H]; rewrite /steps ?eqxx //; first by rewrite eq_sym orbC.
by rewrite H; case: ifP => _; rewrite ?ltr01 ?ltr0n.
Qed.

Lemma steps_le2 x y : steps x y <= 2%:R.
Proof. by rewrite /steps; case: ifP => _; rewrite ?ler0n //; case: ifP => _; rewrite ?ler1n. Qed.

Lemma steps_connected x : (x < n)%N -> connect (on_points (linked 1 steps)) (inord 0) (inord x).
Proof.
elim: x => [//|x IH] Hx; have Hx' := ltnW Hx; apply: (connect_trans (IH Hx')); apply: connect1.
rewrite /on_points /linked /steps !inordK // eqxx orbT.
by case: ifP; rewrite ?ler01.
Qed.

Lemma half_rich : (2 < n)%N -> @function_rich R n (fun d => components (linked (half_longest d) d)).
Proof.
move=> Hn c; case: (altP (between n c =P [::])) => [E|].
  exists steps; first exact: steps_distance.
  have -> : half_longest steps = 1.
    by apply: (@half_two _ (2, 0)%N); [rewrite mem_pairs Hn | | move=> q _; apply: steps_le2].
  have S := linked_sym 1 steps_distance; have C := sym_connect_sym S.
  move=> x y Hx Hy; rewrite componentsE //.
  have -> : connect (on_points (linked 1 steps)) (inord x) (inord y).
    by apply: (@connect_trans _ _ (inord 0)); [rewrite C steps_connected | exact: steps_connected].
  apply/eqP; case: (ltngtP x y) => [H|H|-> //]; apply/eqP; apply: contraT => Hne.
    by have := mem_between n c y x; rewrite E H Hy eq_sym Hne.
  by have := mem_between n c x y; rewrite E H Hx Hne.
case Eb : (between n c) => [//|p s] _; have Hp : p \in between n c by rewrite Eb mem_head.
exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
have -> : half_longest (two_levels c 2%:R) = 1; last exact: linked_two_levels.
apply: (@half_two _ p); first by move: Hp; rewrite mem_filter => /andP [].
  exact: (across_far _ Hp).
by move=> q _; apply: (le_two R c q.1 q.2).
Qed.

End Components.

Theorem kleinberg_each_two (R : realFieldType) n : (2 < n)%N ->
  [/\ exists2 f, function_scale_invariant n f & @function_consistent R n f,
      exists2 f, @function_rich R n f & function_consistent n f &
      exists2 f, function_scale_invariant n f & @function_rich R n f].
Proof.
case: n => [//|m] Hn; split.
- by exists (fun _ _ => 0%N).
- by exists (fun d => components m (linked 1 d)); [apply: linked_rich | apply: linked_consistent].
- exists (fun d => components m (linked (half_longest m d) d)); [exact: half_scale_invariant | exact: half_rich].
Qed.
