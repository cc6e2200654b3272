(** The measures, over any numbers that can be added, subtracted, divided and compared.

    n points are 0, …, n − 1; [d x y] is a distance and [c x] the cluster of a point. The same text is proved about in
    any ordered field (the other files) and evaluated in the rationals (evaluate.py). *)

From mathcomp Require Import all_ssreflect.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Record ops (F : Type) := Ops {
  zero : F;
  add : F -> F -> F;
  sub : F -> F -> F;
  div : F -> F -> F;
  leb : F -> F -> bool;
  of_nat : nat -> F
}.

Section Definitions.

Variables (F : Type) (o : ops F).

(** Extremes, sums and means of [f] over a list. *)

Definition least (a b : F) := if leb o a b then a else b.
Definition greatest (a b : F) := if leb o a b then b else a.

Fixpoint minimum (I : Type) (f : I -> F) (s : seq I) : F :=
  match s with
  | [::] => zero o
  | [:: a] => f a
  | a :: s' => least (f a) (minimum f s')
  end.

Definition maximum (I : Type) (f : I -> F) (s : seq I) : F := foldr (fun a m => greatest (f a) m) (zero o) s.
Definition total (I : Type) (f : I -> F) (s : seq I) : F := foldr (fun a m => add o (f a) m) (zero o) s.
Definition mean (I : Type) (f : I -> F) (s : seq I) : F := div o (total f s) (of_nat o (size s)).

Definition harmonic_mean (I : Type) (f : I -> F) (s : seq I) : F :=
  div o (of_nat o (size s)) (total (fun a => div o (of_nat o 1) (f a)) s).

(** Points, pairs and clusters. *)

Definition points (n : nat) := iota 0 n.
Definition pairs (n : nat) := flatten [seq [seq (x, y) | y <- iota 0 x] | x <- points n].
Definition within (n : nat) (c : nat -> nat) := [seq p <- pairs n | c p.1 == c p.2].
Definition between (n : nat) (c : nat -> nat) := [seq p <- pairs n | c p.1 != c p.2].
Definition members (n : nat) (c : nat -> nat) (own : nat) := [seq x <- points n | c x == own].
Definition clusters (n : nat) (c : nat -> nat) := undup (map c (points n)).

Variables (n : nat) (d : nat -> nat -> F) (c : nat -> nat).

Definition apart (p : nat * nat) := d p.1 p.2.

(** Dunn 1974: shortest distance between clusters over the longest inside one. Higher is better. *)
Definition dunn := div o (minimum apart (between n c)) (maximum apart (within n c)).

(** Bezdek & Pal 1998: smallest separation of two clusters over the largest diameter of one, where separations and
    diameters are extremes or means of distances. Hausdorff's separation is how far a point of one of the clusters is at
    most from the nearest one of the other. Higher is better. *)
Definition across (p : nat * nat) := [seq q <- between n c |
  ((c q.1 == c p.1) && (c q.2 == c p.2)) || ((c q.1 == c p.2) && (c q.2 == c p.1))].
Definition inside (p : nat * nat) := [seq q <- within n c | c q.1 == c p.1].
Definition generalized_dunn (separation diameter : (nat * nat -> F) -> seq (nat * nat) -> F) :=
  div o (minimum (fun p => separation apart (across p)) (between n c))
        (maximum (fun p => diameter apart (inside p)) (within n c)).
Definition meets (x : nat) (q : nat * nat) := (x == q.1) || (x == q.2).
Definition nearest (f : nat * nat -> F) (s : seq (nat * nat)) (x : nat) := minimum f [seq q <- s | meets x q].
Definition hausdorff (f : nat * nat -> F) (s : seq (nat * nat)) :=
  maximum (fun q => greatest (nearest f s q.1) (nearest f s q.2)) s.
Definition generalized_dunn_single_average := generalized_dunn (@minimum _) (@mean _).
Definition generalized_dunn_complete_maximum := generalized_dunn (@maximum _) (@maximum _).
Definition generalized_dunn_complete_average := generalized_dunn (@maximum _) (@mean _).
Definition generalized_dunn_average_maximum := generalized_dunn (@mean _) (@maximum _).
Definition generalized_dunn_average_average := generalized_dunn (@mean _) (@mean _).
Definition generalized_dunn_hausdorff_maximum := generalized_dunn hausdorff (@maximum _).
Definition generalized_dunn_hausdorff_average := generalized_dunn hausdorff (@mean _).

(** McClain & Rao 1975: mean distance inside clusters over mean distance between them. Lower is better. *)
Definition mcclain_rao := div o (mean apart (within n c)) (mean apart (between n c)).

(** Baker & Hubert 1975: comparisons of a distance inside with one between. Higher is better. *)
Definition comparisons := [seq (p, q) | p <- within n c, q <- between n c].
Definition concordant := count (fun pq => ~~ leb o (apart pq.2) (apart pq.1)) comparisons.
Definition discordant := count (fun pq => ~~ leb o (apart pq.1) (apart pq.2)) comparisons.
Definition surplus := sub o (of_nat o concordant) (of_nat o discordant).
Definition gamma := div o surplus (of_nat o (concordant + discordant)).

(** Rohlf 1974: discordant comparisons among all of two distances. Lower is better. *)
Definition g_plus :=
  let all := size (within n c) + size (between n c) in div o (of_nat o (2 * discordant)) (of_nat o (all * all.-1)).

(** Rohlf 1974. [root] stands for the square root, of a number that the sizes of the clusters determine. Higher is
    better. *)
Definition tau (root : F -> F) :=
  let w := size (within n c) in
  let b := size (between n c) in
  let all := (w + b) * (w + b).-1 %/ 2 in
  let of_one_kind := (w * w.-1 + b * b.-1) %/ 2 in
  div o surplus (root (of_nat o ((all - of_one_kind) * all))).

(** Hubert & Levin 1976: sum of the distances inside clusters, between the least and the largest sum of as many of all
    distances. Lower is better. *)
Definition ascending := sort (leb o) (map apart (pairs n)).
Definition smallest := total id (take (size (within n c)) ascending).
Definition largest := total id (drop (size (between n c)) ascending).
Definition c_index := div o (sub o (total apart (within n c)) smallest) (sub o largest smallest).

(** Ackerman & Ben-David 2008: longest necessary step inside a cluster over the shortest distance between clusters.
    [chain k x y] is the largest step of the best chain from x to y inside their cluster with at most k + 1 steps. Lower
    is better. *)
Fixpoint chain (k : nat) (x y : nat) : F :=
  match k with
  | 0 => d x y
  | k'.+1 => minimum (fun z => greatest (chain k' x z) (d z y)) (members n c (c y))
  end.

Definition widest_gap := maximum (fun p => chain n p.1 p.2) (within n c).
Definition weakest_link := div o widest_gap (minimum apart (between n c)).

(** Centres: a choice of one point of each cluster. *)
Definition choices := foldr (fun s ks => flatten [seq [seq x :: k | k <- ks] | x <- s]) [:: [::]]
                            [seq members n c own | own <- clusters n c].
Definition own_centre (k : seq nat) (x : nat) := head 0 [seq y <- k | c y == c x].
Definition to_own (k : seq nat) (x : nat) := d x (own_centre k x).
Definition to_other (k : seq nat) (x : nat) := minimum (d x) [seq y <- k | c y != c x].

(** Ackerman & Ben-David 2008: relative margin of the best choice of centres, where a point's own centre is compared
    with the nearest other one. Lower is better. *)
Definition margin (k : seq nat) := mean (fun x => div o (to_own k x) (to_other k x)) [seq x <- points n | x \notin k].
Definition relative_margin := minimum margin choices.

(** Ackerman & Ben-David 2008: additive margin of the worst choice of centres, where no point counts less than 0, or
    where points nearer to another centre do. Higher is better. *)
Definition mean_gap (clip : F -> F) (k : seq nat) := mean (fun x => clip (sub o (to_other k x) (to_own k x))) (points n).
Definition additive_margin_by (clip : F -> F) := div o (minimum (mean_gap clip) choices) (mean apart (within n c)).
Definition additive_margin := additive_margin_by (fun a => greatest a (zero o)).
Definition additive_margin_signed := additive_margin_by id.

(** Rousseeuw 1987, with means of distances; Lengyel & Botta-Dukát 2019, with harmonic ones. Higher is better. *)
Definition score (a b : F) := if leb o (greatest a b) (zero o) then zero o else div o (sub o b a) (greatest a b).
Definition inner (average : (nat -> F) -> seq nat -> F) (x : nat) :=
  average (d x) [seq y <- members n c (c x) | y != x].
Definition outer (average : (nat -> F) -> seq nat -> F) (x : nat) :=
  minimum (fun k => average (d x) (members n c k)) [seq k <- clusters n c | k != c x].
Definition silhouette_of (average : (nat -> F) -> seq nat -> F) (x : nat) :=
  if size (members n c (c x)) == 1 then zero o else score (inner average x) (outer average x).
Definition silhouette_by (average : (nat -> F) -> seq nat -> F) := mean (silhouette_of average) (points n).
Definition silhouette := silhouette_by (@mean _).
Definition generalized_silhouette := silhouette_by (@harmonic_mean _).

(** Mean distance to the other points of the cluster, of the points that have any; each cluster has the weight of its
    size. Lower is better. *)
Definition average_within := mean (inner (@mean _)) [seq x <- points n | size (members n c (c x)) != 1].

(** The mean over clusters of the means over their points. Higher is better. *)
Definition macro_silhouette :=
  mean (fun own => mean (silhouette_of (@mean _)) (members n c own)) (clusters n c).

End Definitions.
